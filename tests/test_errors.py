"""Which error does a response of status 400 and above become?"""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest

import qovery_async
from qovery_async import (
    ApiError,
    BadRequest,
    ConfigurationError,
    Conflict,
    ConnectError,
    DecodeError,
    DeploymentCanceled,
    DeploymentError,
    DeploymentFailed,
    DeploymentTimeout,
    FindError,
    Forbidden,
    NotFound,
    NothingFound,
    PlanNotApplied,
    PlanOutdated,
    PreconditionFailed,
    QoveryError,
    RateLimited,
    RequestTimeout,
    ResponseTooLarge,
    ServerError,
    SeveralFound,
    StreamClosed,
    TokenNotRotated,
    TransportError,
    Unauthorized,
    UnprocessableEntity,
    VariablesError,
)
from tests.support.server import Answer, Ask, serve

pytestmark = pytest.mark.anyio


async def refusal(ask: Ask, answer: Answer) -> ApiError:
    """The error that `client.projects.get("p1")` raises for an answer."""
    async with serve(answer) as server:
        with pytest.raises(ApiError) as refused:
            await ask(server.url, lambda client: client.projects.get("p1"))
        error = refused.value
        assert (error.operation, error.method) == ("projects.get", "GET")
        assert error.url == f"{server.url}/project/p1"
        assert str(error).startswith(
            f"projects.get: GET {server.url}/project/p1 returned {answer.status} {error.message}"
        )
        assert ".." not in str(error)
        return error


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (412, PreconditionFailed),
        (418, ApiError),
        (422, UnprocessableEntity),
        (429, RateLimited),
        (500, ServerError),
        (501, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (599, ServerError),
    ],
)
async def test_each_status_has_its_class(ask: Ask, status: int, kind: type[ApiError]) -> None:
    error = await refusal(ask, Answer({"status": status, "detail": "for this reason"}, status=status))
    assert type(error) is kind
    assert error.status == status
    assert error.message == "for this reason"


SPRING = {
    "status": 400,
    "error": "Bad Request",
    "message": "name is taken",
    "timestamp": "2024-07-23T10:00:00Z",
    "path": "/project",
}
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@pytest.mark.parametrize(
    ("answer", "message", "error", "body"),
    [
        ({"status": 400, "detail": "name is taken"}, "name is taken", None, {"status": 400, "detail": "name is taken"}),
        (SPRING, "name is taken", "Bad Request", SPRING),
        ({"title": "Name is taken"}, "Name is taken", None, {"title": "Name is taken"}),
        ({"error": "taken"}, "taken", "taken", {"error": "taken"}),
        ({"detail": "Name is taken."}, "Name is taken.", None, {"detail": "Name is taken."}),
        ({"detail": None, "message": "", "title": 5, "error": {"code": 7}}, "Bad Request", None, ...),
        ({}, "Bad Request", None, {}),
        ({"unknown": 1}, "Bad Request", None, {"unknown": 1}),
        (["a", "b"], "['a', 'b']", None, ["a", "b"]),
        ([], "Bad Request", None, []),
        ("name is taken", "name is taken", None, "name is taken"),
        (None, "Bad Request", None, None),
        (5, "5", None, 5),
        (b"", "Bad Request", None, None),
        (b"name is taken", "name is taken", None, "name is taken"),
        (HTML, HTML.decode(), None, HTML.decode()),
        (b"\xff\xfe\xfa", "\ufffd\ufffd\ufffd", None, "\ufffd\ufffd\ufffd"),
        (b'{"detail": "cut o', '{"detail": "cut o', None, '{"detail": "cut o'),
    ],
)
async def test_every_body_says_what_it_can(ask: Ask, answer: Any, message: str, error: str | None, body: Any) -> None:
    raw = isinstance(answer, bytes)
    refused = await refusal(ask, Answer(body=answer, status=400) if raw else Answer(answer, status=400))
    assert refused.message == message
    assert refused.error == error
    assert refused.body == (answer if body is ... else body)


async def test_a_long_body_is_cut_in_the_message_only(ask: Ask) -> None:
    error = await refusal(ask, Answer(body=b"x" * 100_000, status=500))
    assert len(str(error)) < 500
    assert error.body == "x" * 100_000


async def test_a_deep_body_does_no_harm(ask: Ask) -> None:
    error = await refusal(ask, Answer(body=b"[" * 200_000, status=500))
    assert type(error) is ServerError


async def test_a_taken_variable_says_where_it_exists(ask: Ask) -> None:
    existing = {"organization_id": "o1", "project_id": "p1", "environment_id": None, "service_id": None}
    answer = Answer({"status": 409, "detail": "taken", "existing_variable": existing}, status=409)
    error = await refusal(ask, answer)
    assert isinstance(error, Conflict)
    assert error.body["existing_variable"] == existing


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": "30"}, 30.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
async def test_a_rate_limit_says_how_long_to_wait(ask: Ask, headers: dict[str, str], seconds: float | None) -> None:
    error = await refusal(ask, Answer(status=429, headers=headers))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize("name", ["X-Qovery-Request-Id", "x-qovery-request-id", "X-Request-Id"])
async def test_the_request_id_is_kept_and_named(ask: Ask, name: str) -> None:
    error = await refusal(ask, Answer(status=500, headers={name: "r-77"}))
    assert error.request_id == "r-77"
    assert "r-77" in str(error)
    assert (await refusal(ask, Answer(status=500))).request_id is None


async def test_headers_are_found_in_any_spelling(ask: Ask) -> None:
    error = await refusal(ask, Answer(status=500, headers={"X-RateLimit-Reset": "5"}))
    assert error.headers["x-ratelimit-reset"] == error.headers["X-RateLimit-Reset"] == "5"


async def test_401_and_403_say_what_to_check(ask: Ask) -> None:
    unauthorized, forbidden, other = [await refusal(ask, Answer(status=status)) for status in (401, 403, 404)]
    assert unauthorized.hint is not None
    assert "policy" in unauthorized.hint
    assert unauthorized.hint in str(unauthorized)
    assert forbidden.hint is not None
    assert "role" in forbidden.hint
    assert "organization" in forbidden.hint
    assert other.hint is None


NAMES = [getattr(qovery_async, name) for name in qovery_async.__all__]
PUBLIC = [value for value in NAMES if inspect.isclass(value) and issubclass(value, QoveryError)]


def test_the_tree_of_errors_is_the_one_promised() -> None:
    api = {BadRequest, Conflict, Forbidden, NotFound, PreconditionFailed, RateLimited, ServerError, Unauthorized}
    assert {kind.__name__: kind.__base__ for kind in PUBLIC} == {
        "QoveryError": Exception,
        **{kind.__name__: QoveryError for kind in (ApiError, ConfigurationError, DecodeError, TransportError)},
        **{kind.__name__: TransportError for kind in (ConnectError, RequestTimeout, ResponseTooLarge, StreamClosed)},
        **{kind.__name__: ApiError for kind in api | {UnprocessableEntity}},
        "RateBudgetExhausted": RateLimited,
        "NotListed": NotFound,
        "ConflictingChange": QoveryError,
        "DeploymentError": QoveryError,
        **{kind.__name__: DeploymentError for kind in (DeploymentCanceled, DeploymentFailed, DeploymentTimeout)},
        "FindError": QoveryError,
        **{kind.__name__: FindError for kind in (NothingFound, SeveralFound)},
        "VariablesError": QoveryError,
        **{kind.__name__: VariablesError for kind in (PlanNotApplied, PlanOutdated)},
        "ShellFailed": StreamClosed,
        "ShellTimeout": RequestTimeout,
        "TokenNotRotated": QoveryError,
        "WebhookRefused": QoveryError,
    }


@pytest.mark.parametrize("duplicate", [lambda e: pickle.loads(pickle.dumps(e)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize("kind", PUBLIC)
async def test_every_error_survives_a_pickle_and_a_copy(kind: type[QoveryError], duplicate: Any) -> None:
    if issubclass(kind, ApiError):
        error: QoveryError = kind(
            400,
            "taken",
            error="Bad Request",
            body={"detail": ["taken"]},
            request_id="r-77",
            operation="projects.get",
            method="GET",
            url="http://localhost/project/p1",
            headers={"Retry-After": "30"},
        )
    elif kind is TokenNotRotated:
        error = TokenNotRotated("what went wrong", step="verify", old_id="t1", new_id="t2", working_id="t1")
    else:
        error = kind("what went wrong")
    error.add_note("while deploying")
    again = duplicate(error)
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


async def test_an_error_from_the_wire_survives_a_pickle(ask: Ask) -> None:
    error = await refusal(ask, Answer({"detail": "taken"}, status=429, headers={"Retry-After": "30"}))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), vars(again)) == (str(error), vars(error))
    assert again.retry_after == 30
