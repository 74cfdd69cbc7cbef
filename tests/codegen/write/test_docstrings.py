"""Is what `help()` shows of the generated code good English, complete and true to the tables?"""

from __future__ import annotations

import inspect
import pydoc
import re
from collections import Counter
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.write import layout
from codegen.write.docstrings import Uses, Words
from qovery_async import AsyncQovery, models
from qovery_async.runtime.namespace import Namespace
from qovery_async.vocabulary import Model, OpenEnum
from qovery_sync import Qovery
from tests.support.english import FORBIDDEN, WIDTH, first_line, misspoken, wrong_articles

DECISIONS = tables.read()
API = DECISIONS.name(facts.read())
WORDS = Words.of(DECISIONS)
OPERATIONS = {operation.call: operation for operation in API.operations}
CLIENTS = {"async": AsyncQovery(token="x"), "sync": Qovery(token="x")}
FACES = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)


def namespaces(resource: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """All namespaces below, by their dotted paths."""
    for class_ in type(resource).__mro__:
        for name, member in vars(class_).items():
            if isinstance(member, Namespace) and (prefix, name) != ("", "organization"):
                below = getattr(resource, name)
                yield prefix + name, below
                yield from namespaces(below, f"{prefix}{name}.")


def methods(client: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The methods of all namespaces; where a capability extends a generated one, those of both."""
    for path, namespace in namespaces(client):
        for class_ in type(namespace).__mro__:
            if class_ is type(namespace) or is_generated(class_):
                for name, member in vars(class_).items():
                    if inspect.isfunction(member) and not name.startswith("_"):
                        yield f"{path}.{name}", member


def is_generated(what: Any) -> bool:
    """Whether a class or a method is one of operations."""
    return ".resources." in f"{what.__module__}."


def docs(client: object) -> dict[str, str]:
    return {call: inspect.getdoc(method) or "" for call, method in methods(client)}


def section(doc: str, title: str) -> dict[str, str]:
    """The entries of a section, by name: what is indented twice belongs to the entry above."""
    _, _, after = doc.partition(f"\n{title}:\n")
    block = after.partition("\n\n")[0]
    entries = re.split(r"\n    (?! )", f"\n{block}")[1:]
    return {name: " ".join(note.split()) for name, _, note in (entry.partition(": ") for entry in entries)}


@FACES
class TestMethods:
    """DESIGN, "Words", rule 7, for every method that is generated."""

    def test_are_all_read(self, client: object) -> None:
        assert docs(client).keys() >= OPERATIONS.keys()
        of_operations = [call for call, method in methods(client) if is_generated(method)]
        assert len(of_operations) == 554 + 15 + 2 * len(DECISIONS.patches.patched)

    def test_say_in_a_sentence_what_they_do(self, client: object) -> None:
        assert {call: wrong for call, doc in docs(client).items() if (wrong := misspoken(doc))} == {}

    def test_say_something_of_their_own(self, client: object) -> None:
        """Two methods of one namespace with the same sentence leave the choice to luck."""
        said = Counter((call.rpartition(".")[0], first_line(doc)) for call, doc in docs(client).items())
        assert [where for where, count in said.items() if count > 1] == []

    def test_name_each_parameter_that_has_a_note(self, client: object) -> None:
        for call, method in methods(client):
            if call in OPERATIONS:
                parameters = [name for name in inspect.signature(method).parameters if name != "self"]
                expected = WORDS.arguments(OPERATIONS[call], parameters)
                found = section(inspect.getdoc(method) or "", "Args")
                assert [f"{name}: {note}" for name, note in found.items()] == expected, call
                assert [name for name in parameters if name in found] == list(found), call

    def test_explain_where_the_organization_comes_from(self, client: object) -> None:
        taking = {
            call: method
            for call, method in methods(client)
            if "organization_id" in inspect.signature(method).parameters
        }
        silent = [
            call for call, method in taking.items() if "organization_id" not in section(docs(client)[call], "Args")
        ]
        assert len(taking) == 184 + 12 + 2 * 19  # operations; streams, shells, webhooks and tokens; patches
        assert silent == ["events.iterate"]

    def test_tell_the_http_call_and_the_errors(self, client: object) -> None:
        for call, operation in OPERATIONS.items():
            lines = docs(client)[call].splitlines()
            assert f"`{operation.method} {operation.path}`" in lines
            assert operation.errors == [] or any(line.startswith("Raises: ") for line in lines), call

    def test_speak_of_methods_that_there_are(self, client: object) -> None:
        for call, doc in docs(client).items():
            for name in re.findall(r"`((?:[a-z_]+\.)*(?:get|list|iterate|deploy|update)(?:_\w+)?)`", doc):
                near = f"{call.rpartition('.')[0]}.{name}"
                dotted = name.removeprefix("client.") if "." in name else near
                assert callable(attrgetter(dotted)(client)), (call, name)

    def test_say_what_comes_back_where_the_type_does_not(self, client: object) -> None:
        doc = docs(client)
        assert "    YAML." in doc["clusters.kubeconfig.get"].splitlines()
        assert "    A zip archive." in doc["environments.export_terraform"].splitlines()
        assert "`iterate` goes through all pages" in doc["events.list"]
        for call, operation in OPERATIONS.items():
            odd = {response.media_type for response in operation.responses} - {"application/json", None}
            paged = any(response.paged for response in operation.responses)
            two = (
                len(
                    {
                        response.status
                        for response in operation.responses
                        if response.type or len(operation.responses) > 1
                    }
                )
                > 1
            )
            if (odd or paged or two) and call != "blueprints.create":
                assert "\nReturns:\n" in doc[call], call


class TestSentences:
    """What the rules make of names, and what the checks above are able to see."""

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            ("clusters.analyses.get", "Get an analysis of a cluster."),
            ("argocd.apps.get", "Get an Argo CD app."),
            ("custom_roles.list", "List the custom roles of the organization."),
            ("mcp_servers.create", "Create an MCP server."),
            ("applications.create", "Create an application in an environment."),
            ("applications.secrets.create", "Create a secret for an application."),
            ("helms.update", "Update a Helm service: the body replaces all of it."),
            ("helm_repositories.get", "Get a Helm repository."),
            ("jobs.advanced_settings.update", "Update the advanced settings of a job: the body replaces all of them."),
            ("jobs.advanced_settings.get_default", "Get the default advanced settings of jobs."),
        ],
    )
    def test_are_composed(self, call: str, sentence: str) -> None:
        assert WORDS.sentences.of(OPERATIONS[call]) == sentence

    def test_go_on_in_the_methods_that_iterate(self) -> None:
        assert WORDS.twin(OPERATIONS["events.list"])[0] == "Iterate over the events of the audit log."

    @pytest.mark.parametrize(
        "doc",
        [
            "Get an cluster.", "Get a API token.", "Get an user.", "Get a environment.", "Lists the clusters.",
            "List the clusters", "Create a custom domains of an application.", "Get the answer of a cluster.",
            "Get a cluster.\n\nWhat comes back is long.", f"Get a cluster.\n\n{'long ' * 21}", "get a cluster.",
        ],
    )  # fmt: skip
    def test_that_are_wrong_are_seen(self, doc: str) -> None:
        assert misspoken(doc) != []

    @pytest.mark.parametrize(
        "doc", ["Get an analysis of a cluster.", "Get a set of AWS credentials.", "Create a user."]
    )
    def test_that_are_right_are_left_alone(self, doc: str) -> None:
        assert misspoken(doc) == []


# The models and enums; a union is no class, so it has no docstring at run time.
CLASSES = {name: getattr(models, name) for name, s in API.schemas.items() if not isinstance(s, facts.UnionSchema)}


class TestModels:
    def test_say_where_they_are_met(self) -> None:
        one = r"(`[\w.]+`( and `[\w.]+`)?|`[\w.]+` and \d+ more (operations|streams|models))"
        kinds = ("Sent by", "Returned by", "Received by", "Part of")
        sentence = re.compile("".join(rf"({kind} {one}\. ?)?" for kind in kinds))
        for name, found in CLASSES.items():
            said = " ".join((found.__doc__ or "").partition("Attributes:")[0].split())
            assert said, name
            assert sentence.fullmatch(said), (name, said)

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("ProjectRequest", "Sent by `projects.create` and `projects.update`."),
            ("Project", "Returned by `projects.list` and 3 more operations."),
            ("ClusterDeleteMode", "Sent by `clusters.delete`."),
            ("ServiceLogLine", "Received by `streams.service_logs`."),
        ],
    )
    def test_say_whether_they_go_or_come(self, name: str, said: str) -> None:
        assert (CLASSES[name].__doc__ or "").splitlines()[0] == said

    def test_explain_each_field_that_has_a_note(self) -> None:
        for name, schema in API.schemas.items():
            if isinstance(schema, facts.ObjectSchema):
                notes = {f.name: WORDS.fields.note(name, f) for f in schema.fields}
                doc = inspect.getdoc(CLASSES[name]) or ""
                assert section(doc, "Attributes") == {field: note for field, note in notes.items() if note}, name

    def test_tell_units(self) -> None:
        found = section(inspect.getdoc(models.ApplicationRequest) or "", "Attributes")
        assert found["cpu"].startswith("Millicores")
        assert found["memory"].startswith("MB")
        other = section(inspect.getdoc(models.ClusterInstanceType) or "", "Attributes")
        assert other["cpu"] == "CPUs, not millicores."

    def test_are_short_and_plain(self) -> None:
        for name, found in CLASSES.items():
            assert issubclass(found, (Model, OpenEnum))
            doc = inspect.getdoc(found) or ""
            assert all(len(line) <= WIDTH for line in doc.splitlines()), name
            assert not FORBIDDEN.search(re.sub(r"`[^`]*`", "``", doc)), name
            assert wrong_articles(doc) == [], name


@FACES
class TestNamespaces:
    """`help()` of a client and of a namespace is a map of what is below."""

    def test_say_in_a_line_what_they_are_for(self, client: object) -> None:
        for path, namespace in namespaces(client):
            line = first_line(type(namespace).__doc__ or "")
            if path not in DECISIONS.capabilities.mount:
                assert line == type(namespace).__doc__ == WORDS.namespaces[path]
            assert re.fullmatch(r"[A-Z][\w -]+: [^\n]+[^.]\.", line), line
            assert len(line) <= WIDTH
            assert not FORBIDDEN.search(line), line
            assert wrong_articles(line) == [], line

    def test_are_listed_by_the_help_of_the_client(self, client: object) -> None:
        shown = pydoc.plain(pydoc.render_doc(type(client)))
        for path in WORDS.namespaces:
            if "." not in path:
                line = re.escape(WORDS.namespaces[path])
                assert re.search(rf"\n \|  {path} = Namespace\('\w+'\)\n \|      {line}\n", shown), path

    def test_are_listed_by_the_help_of_the_namespace_above(self, client: Any) -> None:
        shown = pydoc.plain(pydoc.render_doc(client.applications))
        assert WORDS.namespaces["applications"] in shown
        below = [path for path in WORDS.namespaces if path.startswith("applications.")]
        assert len(below) == 6
        assert [path for path in below if f"      {WORDS.namespaces[path]}\n" not in shown] == []

    def test_descriptors_have_a_docstring_of_their_own(self, client: object) -> None:
        assert (Namespace.__doc__ or "").startswith("A descriptor")


class TestUses:
    def test_tell_what_goes_from_what_comes(self) -> None:
        uses = Uses.of(API, layout.arrange(API).part_of)
        assert uses.sentence("ApplicationAdvancedSettings") == (
            "Sent by `applications.advanced_settings.update`. "
            "Returned by `applications.advanced_settings.get_default` and 2 more operations."
        )
