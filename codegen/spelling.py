"""How is a name of the API spelled in Python?"""

from __future__ import annotations

import builtins
import keyword
import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*|[0-9]+")
# Words that an attrs class body needs for itself: its annotations, its base's attributes.
_TAKEN_IN_MODELS = {"Any", "Annotated", "date", "datetime", "extra", "null_keys", "field", "define", *dir(builtins)}
_HARMLESS_BUILTINS = {"type", "id", "input", "next", "set", "min", "max", "vars", "exec", "zip", "range"}
_IRREGULAR = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "bitbucket": "Bitbucket",
    "helm": "Helm service",
    "helms": "Helm services",
    "terraform": "Terraform service",
    "terraforms": "Terraform services",
    "aws": "AWS",
    "gcp": "GCP",
    "argocd": "Argo CD",
    "eks": "EKS",
    "mcp": "MCP",
    "ips": "IPs",
}


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
    acronyms = {"api": "API", "aks": "AKS", "gke": "GKE", "git": "Git", "jwt": "JWT", "dns": "DNS"}
    return " ".join((_IRREGULAR | acronyms).get(word, word) for word in name.split("_"))
