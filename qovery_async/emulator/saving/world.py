"""How are the objects, the tokens and the events of an emulator saved?"""

from __future__ import annotations

from qovery_async.emulator.http.rate_limit import RateLimit, Window
from qovery_async.emulator.saving.plain import CONVERTER, Json, read, written
from qovery_async.emulator.webhooks.office import WebhookOffice
from qovery_async.emulator.world.audit_log import AuditLog, Event
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Caller, Tokens


def saved_state(state: State) -> Json:
    """All objects, in the order in which they were made."""
    return {
        "ids_drawn": state.ids.drawn,
        "objects": [_saved_entity(entity) for entity in state.all()],
    }


def restore_state(state: State, saved: Json) -> None:
    """Fills an empty state."""
    state.ids.skip_to(saved["ids_drawn"])
    entities: list[tuple[Entity, Json]] = []
    for each in saved["objects"]:
        parent = state.root if each["parent"] is None else state.find(each["parent"])
        if parent is None:
            raise ValueError(f"{each['kind']} {each['id']} has no parent")
        entities.append((state.add(each["kind"], parent, each["value"], id_=each["id"]), each))
    for entity, each in entities:
        entity.settings, entity.facts = read(each.get("settings", {}), state), read(each.get("facts", {}), state)
        for kind in each.get("stocked", ()):
            entity.children.setdefault(kind, {})


def saved_tokens(tokens: Tokens, limit: RateLimit) -> Json:
    """The tokens that are accepted, and what each has used of its hour."""
    return {
        "accepted": [CONVERTER.unstructure(caller) for caller in tokens],
        "hours": {token: CONVERTER.unstructure(window) for token, window in limit.windows.items()},
    }


def restore_tokens(tokens: Tokens, limit: RateLimit, saved: Json) -> None:
    """Accepts the tokens."""
    for caller in saved["accepted"]:
        tokens.add(CONVERTER.structure(caller, Caller))
    for token, window in saved["hours"].items():
        limit.windows[token] = CONVERTER.structure(window, Window)


def saved_events(log: AuditLog) -> Json:
    """The audit log."""
    return {
        "ids_drawn": log.ids.drawn,
        "cut": sorted(log.cut),
        "organizations": {
            id_: [CONVERTER.unstructure(event) for event in events] for id_, events in log.events.items()
        },
    }


def restore_events(log: AuditLog, saved: Json) -> None:
    """Fills an empty audit log."""
    log.ids.skip_to(saved["ids_drawn"])
    log.cut.update(saved["cut"])
    for id_, events in saved["organizations"].items():
        log.events[id_] = [CONVERTER.structure(event, Event) for event in events]


def saved_webhooks(office: WebhookOffice) -> Json:
    """What was delivered."""
    return {"ids_drawn": office.ids.drawn, "deliveries": {id_: [*each] for id_, each in office.deliveries.items()}}


def restore_webhooks(office: WebhookOffice, saved: Json) -> None:
    """Fills a new office."""
    office.ids.skip_to(saved["ids_drawn"])
    for id_, deliveries in saved["deliveries"].items():
        office.deliveries[id_].extend(deliveries)


def _saved_entity(entity: Entity) -> Json:
    parent = entity.parent
    saved: Json = {
        "kind": entity.kind,
        "id": entity.id,
        "parent": None if parent is None or parent.parent is None else parent.id,
        "value": entity.value,
    }
    if entity.settings:
        saved["settings"] = written(entity.settings)
    if entity.facts:
        saved["facts"] = written(entity.facts)
    if empty := sorted(kind for kind, children in entity.children.items() if not children):
        saved["stocked"] = empty
    return saved
