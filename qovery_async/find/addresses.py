"""Which ids are in an address of the console?"""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import urlsplit

from qovery_async.directory.entries import Noun, is_id
from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary.values import frozen

_PLACES = ("organization", "project", "environment", "cluster")
# What stands below an environment and has an id, but is no service.
_NO_SERVICE = ("deployment", "deployments")


@frozen
class ConsoleUrl:
    """An address of the console, such as `https://console.qovery.com/organization/.../project/...`, by its ids.

    The word before the id of a service says nothing of its kind: the console writes `application` or `service` for
    any, and `logs`.
    """

    organization_id: str
    ids: dict[Noun, str]

    @classmethod
    def read(cls, url: str) -> ConsoleUrl:
        """The ids of an address, whatever else it has behind them.

        Raises:
            ConfigurationError: it has none.
        """
        try:
            words = [word for word in urlsplit(url).path.split("/") if word]
        except ValueError:  # a bracket in its host
            words = []
        ids = dict[str, str]()
        before = ""
        for word, id_ in pairwise(words):
            place = word.lower().removesuffix("s")
            if is_id(id_) and place in _PLACES:
                ids.setdefault(place, id_.lower())
            elif is_id(id_) and before == ids.get("environment") and place not in _NO_SERVICE:
                ids["service"] = id_.lower()
            before = word.lower()
        organization_id = ids.pop("organization", None)
        nouns: dict[Noun, str] = {
            noun: ids[noun] for noun in ("service", "environment", "project", "cluster") if noun in ids
        }
        if organization_id is None or not nouns:
            raise ConfigurationError(
                "the URL names no project, environment, service or cluster; an address of the console looks like "
                "https://console.qovery.com/organization/{id}/project/{id}/environment/{id}/service/{id}"
            )
        return cls(organization_id, nouns)

    def id_of(self, noun: Noun) -> str:
        """The id of a project, environment, service or cluster.

        Raises:
            ConfigurationError: the address does not name one.
        """
        if noun not in self.ids:
            raise ConfigurationError(f"the URL names no {noun}, but only: {', '.join(self.ids)}")
        return self.ids[noun]

    @property
    def deepest(self) -> Noun:
        """What the address leads to."""
        return next(iter(self.ids))


def is_url(text: str) -> bool:
    """Whether a string is an address, rather than a name."""
    return text.lower().startswith(("https://", "http://"))
