"""What do all namespaces of a client share?"""

from __future__ import annotations

import attrs

from qovery_async.runtime.organization import DefaultOrganization
from qovery_async.secrecy.secret import not_pickled
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.options import Options


@attrs.frozen
class Core:
    """The way to the API and the organization that is meant where none is named."""

    exchange: Exchange
    organization: DefaultOrganization = attrs.Factory(DefaultOrganization)

    __reduce__ = not_pickled

    def with_options(self, options: Options) -> Core:
        """The same with other options; connections and what was looked up are shared."""
        return attrs.evolve(self, exchange=attrs.evolve(self.exchange, options=options))
