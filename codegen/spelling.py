"""How is a name of the API spelled in Python?"""

from __future__ import annotations

import builtins
import keyword
import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*|[0-9]+")
# Words that an attrs class body needs for itself: its annotations, its base's attributes.
_TAKEN_IN_MODELS = {"Any", "Annotated", "date", "datetime", "extra", "absent", "field", "define", *dir(builtins)}
_HARMLESS_BUILTINS = {"type", "id", "input", "next", "set", "min", "max", "vars", "exec", "zip", "range"}
# Words that are not written as the API spells them.
_SPOKEN = {
    "aks": "AKS",
    "api": "API",
    "argocd": "Argo CD",
    "aws": "AWS",
    "azure": "Azure",
    "bitbucket": "Bitbucket",
    "dns": "DNS",
    "eks": "EKS",
    "gcp": "GCP",
    "git": "Git",
    "github": "GitHub",
    "gitlab": "GitLab",
    "gke": "GKE",
    "helm": "Helm",
    "ids": "IDs",
    "ips": "IPs",
    "jwt": "JWT",
    "kapsule": "Kapsule",
    "karpenter": "Karpenter",
    "kubernetes": "Kubernetes",
    "mcp": "MCP",
    "scaleway": "Scaleway",
    "terraform": "Terraform",
    "vpc": "VPC",
}
# Names that need a noun where they stand alone.
_ALONE = {
    "helm": "Helm service",
    "helms": "Helm services",
    "terraform": "Terraform service",
    "terraforms": "Terraform services",
}
# Letters whose names begin with a vowel: an MCP server, an SSH key.
_VOWEL_LETTERS = "AEFHILMNORSX"


def words(text: str) -> list[str]:
    return [word for chunk in re.split(r"[^A-Za-z0-9]+", text) for word in _WORD.findall(chunk)]


def snake(text: str) -> str:
    return "_".join(word.lower() for word in words(text))


def pascal(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words(text))


def parameter(wire: str) -> str:
    name = snake(wire)
    return f"{name}_" if keyword.iskeyword(name) else name


def attribute(wire: str) -> str:
    name = snake(wire)
    if name[:1].isdigit():
        name = f"n_{name}"
    reserved = keyword.iskeyword(name) or name in _TAKEN_IN_MODELS - _HARMLESS_BUILTINS
    return f"{name}_" if reserved else name


def member(value: str) -> str:
    """The name of an enum's member: `t3.small` is `T3_SMALL`, `500+` is `VALUE_500_PLUS`."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value.strip().replace("+", " plus"))
    name = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()
    if not name:
        return "EMPTY"
    return f"VALUE_{name}" if name[0].isdigit() else name


def plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return word if word.endswith("s") and not word.endswith("ss") else f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def singular(word: str) -> str:
    if word.endswith(("sses", "ches", "xes")):
        return word[:-2]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "settings", "credentials", "aws")):
        return word[:-1]
    return word


def spoken(name: str) -> str:
    """`api_tokens` as a reader says it: `API tokens`."""
    return _ALONE.get(name) or " ".join(_SPOKEN.get(word, word) for word in name.split("_"))


def article(thing: str) -> str:
    """`an` before a vowel that is heard: an API token, an environment, but a user."""
    first = thing.split(maxsplit=1)[0]
    if first.isupper():
        return "an" if first[0] in _VOWEL_LETTERS else "a"
    return "an" if first[0].lower() in "aeiou" and not first.startswith(("uni", "usa", "use")) else "a"
