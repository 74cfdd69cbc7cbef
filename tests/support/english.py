"""What is wrong with the English of a docstring? As far as a program can tell."""

from __future__ import annotations

import re

# An indented line of a docstring ends before column 112.
WIDTH = 112 - 8

VERBS = re.compile(
    r"(Accept|Add|Call|Cancel|Change|Check|Claim|Clean|Clone|Connect|Create|Delete|Deploy|Disconnect|Export|Find|Follow|Generate|Get|Have|"
    r"Import|Invite|Iterate|List|Lock|Make|Move|Open|Override|Parse|Preview|Query|Redeem|Remove|Replace|Resolve|Restart|Save|"
    r"Run|Send|Set|Start|Stop|Uninstall|Unlock|Update|Upgrade|Watch) "
)
# How the capitals are read aloud: an MCP server, a SHA.
READ_WITH_A_VOWEL = {"AKS", "API", "AWS", "EKS", "IP", "ISO", "MCP"}
READ_WITH_A_CONSONANT = {"CDN", "CPU", "DNS", "GCP", "GET", "GKE", "JWT", "PDF", "SHA", "URL", "UUID", "YAML"}
VOWELS_READ_AS_CONSONANTS = ("usa", "use", "uni", "one", "eu")
SINGULARS_IN_S = {
    "access", "address", "alias", "analysis", "AWS", "DNS", "EKS", "ingress", "previous", "process", "status", "success",
}  # fmt: skip
ENDS_OF_A_NOUN = {
    "again", "against", "and", "by", "can", "for", "from", "in", "is", "of", "on", "or", "that", "to", "with",
    "without",
}  # fmt: skip
FORBIDDEN = re.compile(
    r"\b(answer(s|ed)?|lest|besides|likewise|but for|so are they|made again|complains?|texts?|doors?|courses?)\b|"
    r"(^|[.!?]\s+)(Who|What)\b",
    re.IGNORECASE,
)


def first_line(doc: str) -> str:
    return doc.partition("\n")[0]


def wrong_articles(sentence: str) -> list[str]:
    found = re.findall(r"\b([Aa]n?) ([\w-]+)", sentence.replace("`", ""))
    return [f"{article} {word}" for article, word in found if (article.lower() == "an") != heard_as_vowel(word)]


def heard_as_vowel(word: str) -> bool:
    if len(word) > 1 and word.isupper():
        assert word in READ_WITH_A_VOWEL | READ_WITH_A_CONSONANT, f"say above how {word} is read aloud"
        return word in READ_WITH_A_VOWEL
    if word.lower().startswith(("hour", "honest")):
        return True
    return word[0].lower() in "aeiou" and not word.lower().startswith(VOWELS_READ_AS_CONSONANTS)


def one_of_many(sentence: str) -> list[str]:
    """`a custom domains`: the noun behind an article, as far as one can tell where it ends."""
    wrong: list[str] = []
    for phrase in re.findall(r"\b[Aa]n? ([\w' -]+)", sentence):
        words = phrase.split()
        end = next((i for i, word in enumerate(words) if word in ENDS_OF_A_NOUN), len(words))
        noun = words[end - 1]
        wrong += [phrase] if noun.endswith("s") and noun not in SINGULARS_IN_S else []
    return wrong


def misspoken(doc: str) -> list[str]:
    """Whatever is wrong with the first line of a docstring, and with the words of the rest."""
    line = first_line(doc)
    body = re.sub(r"`[^`]*`", "``", doc)
    return [
        *([f"no imperative: {line}"] if not VERBS.match(line) else []),
        *([f"no full stop: {line}"] if not line.endswith(".") or line.endswith("..") else []),
        *(f"article: {found}" for found in wrong_articles(doc)),
        *(f"plural: {found}" for found in one_of_many(line)),
        *(f"word: {found.group()}" for found in FORBIDDEN.finditer(body)),
        *(f"long: {found}" for found in doc.splitlines() if len(found) > WIDTH and not found.startswith("`")),
    ]
