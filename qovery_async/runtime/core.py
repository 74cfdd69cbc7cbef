"""What do all namespaces of a client share?"""

from __future__ import annotations

import attrs

from qovery_async.runtime.organization import DefaultOrganization
from qovery_async.secrecy.secret import not_pickled
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.options import Options
from qovery_async.vocabulary.values import frozen


@frozen
class Core:
    """The exchange with the API, and the organization for calls that name none."""

    exchange: Exchange
    organization: DefaultOrganization = attrs.Factory(DefaultOrganization)

    __reduce__ = not_pickled

    def with_options(self, options: Options) -> Core:
        """A copy with other options. It shares the connections and the looked-up organization."""
        return attrs.evolve(self, exchange=attrs.evolve(self.exchange, options=options))
