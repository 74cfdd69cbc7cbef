"""Are the strings of an enum sent like its members, wherever a parameter takes one?"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest

from codegen import facts
from codegen.facts import EnumSchema
from qovery_async import NotFound, models
from tests.support.descriptions import DECISIONS
from tests.support.server import Answer, Ask, serve

pytestmark = pytest.mark.anyio

API = DECISIONS.name(facts.read())
ENUMS = [
    (operation.call, parameter.name, parameter.type)
    for operation in API.operations
    for parameter in (*operation.path_parameters, *operation.query)
    if isinstance(API.schemas.get(parameter.type), EnumSchema)
]


@pytest.mark.parametrize(("call", "name", "enum"), ENUMS, ids=str)
async def test_a_string_is_sent_like_its_member(ask: Ask, call: str, name: str, enum: str) -> None:
    operation = API.calls[call]
    needed = {p.name: "x" for p in operation.path_parameters}
    needed |= {p.name: "x" for p in operation.query if p.required}
    needed |= {"body": {}} if operation.body and operation.body.required else {}
    members = list(getattr(models, enum))[:2]
    async with serve(Answer({}, status=404)) as server:
        for member in members:
            for given in (member, member.value):
                arguments: dict[str, Any] = {**needed, name: given}
                with pytest.raises(NotFound):
                    await ask(server.url, lambda client, given=arguments: attrgetter(call)(client)(**given))
        sent = [seen.target for seen in server.requests]
        assert len(sent) == 2 * len(members)
        assert sent[::2] == sent[1::2]
        assert len({*sent}) == len(members)
