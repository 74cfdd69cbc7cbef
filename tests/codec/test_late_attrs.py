"""When does a model become an attrs class, and does anybody notice?"""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_type_hints

import attrs
import pytest

from qovery_async import from_dict, models, to_dict
from qovery_async.codec.shapes import attributes
from qovery_async.vocabulary import UNSET, Model, Unset
from qovery_async.vocabulary.definition import COMMON, declared, define, own_first
from tests.support.payloads import MODELS

TYPES = [getattr(models, name) for name in MODELS]

DECODED = """
from qovery_async import from_dict, models

def is_made(model):
    return isinstance(vars(model)["__attrs_attrs__"], tuple)

made = from_dict(models.ProjectRequest, {"name": "shop", "description": "what we sell"})
assert made.name == "shop" and made.extra == {}
assert not is_made(models.ProjectRequest)
USE
assert is_made(models.ProjectRequest)
assert not is_made(models.Project)
"""

BUILT = """
from qovery_async import models
from qovery_async.codec import decode
from qovery_async.codec.reader import Codec
from qovery_async.codec.shapes import held

built, build = [], decode._Source.code
decode._Source.code = lambda source: built.append(source.model) or build(source)
codec = Codec()
came = {"id": "1", "created_at": "2026-01-05T09:00:00Z", "name": "shop", "associated_environments_count": 1}
codec.decode([], list[models.Project], operation="test")
assert built == [models.Project], built
codec.decode([{**came, "organization": {"id": "2"}}] * 2, list[models.Project], operation="test")
assert built == [models.Project, models.ReferenceObject], built
codec.prepare(list[models.Application])
assert {*built} >= held(models.Application) > {models.Application}, built
assert len(built) == len({*built})
"""

USES = {
    "made": 'models.ProjectRequest(name="shop")',
    "compared": "assert made == made",
    "shown": "repr(made)",
    "asked for its fields": "import attrs; attrs.fields(models.ProjectRequest)",
    "asked for its signature": "import inspect; inspect.signature(models.ProjectRequest)",
    "changed in a copy": 'import attrs; attrs.evolve(made, name="store")',
    "extended": "import attrs; attrs.define(kw_only=True)(type('Mine', (models.ProjectRequest,), {}))",
}


def built(name: str = "") -> type[Model]:
    """A model that nothing has used yet."""

    @define(kw_only=True)
    class Fresh(Model):
        id: str
        name: str | Unset | None = UNSET
        size: int | None = None

    Fresh.__qualname__ = Fresh.__name__ = name or "Fresh"
    return Fresh


def eager() -> type[Model]:
    """The same model, made by attrs at once."""

    @attrs.define(kw_only=True, repr=False, field_transformer=own_first)
    class Fresh(Model):
        id: str
        name: str | Unset | None = UNSET
        size: int | None = None

    return Fresh


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_decoding_leaves_it_and_the_first_use_makes_it(use: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", DECODED.replace("USE", use)], check=True, timeout=60)


@pytest.mark.parametrize("model", TYPES, ids=MODELS)
def test_each_has_the_attributes_that_attrs_knows(model: type[Model]) -> None:
    before = list(declared(model))
    fields = attrs.fields(model)
    assert [(field.name, field.type, field.default) for field in fields if field.name not in COMMON] == before
    assert [*vars(model)["__slots__"]] == [name for name, _, _ in before]
    assert [field.name for field in fields][-2:] == list(COMMON)
    assert [*inspect.signature(model).parameters] == [field.name for field in fields]
    assert [attribute.name for attribute in attributes(model)] == [name for name, _, _ in before]
    hints = get_type_hints(model, include_extras=True)
    assert all(hints[name] == type_ for name, type_, _ in before)


def test_it_behaves_as_if_attrs_had_made_it_at_once() -> None:
    late: Any = built()
    early: Any = eager()
    given = {"id": "1", "size": 3}
    for model in (late, early):
        one = model(**given)
        assert one == model(**given)
        assert one != model(**{**given, "size": 4})
        assert one != given
        assert to_dict(one) == given
        assert not hasattr(one, "__dict__")
        with pytest.raises(AttributeError):
            one.other = 1
        with pytest.raises(TypeError, match="unhashable"):
            hash(one)
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'nam'"):
            model(id="1", nam="shop")
        with pytest.raises(TypeError, match=r"missing 1 required keyword-only argument: 'id'"):
            model()
        with pytest.raises(TypeError, match="positional"):
            model("1")
    assert late.__match_args__ == early.__match_args__ == ()
    assert repr(late(**given)) == repr(early(**given))
    assert str(inspect.signature(late)) == str(inspect.signature(early))


def test_its_signature_is_known_as_python_3_13_asks() -> None:
    """`inspect` takes what a class has without looking, and binds it to the class."""
    late, early = built(), eager()
    found = inspect.getattr_static(late, "__init__").__get__(late, type(late))
    assert str(inspect.signature(found)) == str(inspect.signature(early))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_what_was_only_decoded_is_pickled_and_copied(protocol: int) -> None:
    came = {"id": "1", "created_at": "2026-01-05T09:00:00Z", "name": "shop", "associated_environments_count": 1}
    project = from_dict(models.Project, {**came, "organization": {"id": "2"}, "new": [1]})
    for other in (pickle.loads(pickle.dumps(project, protocol)), copy.copy(project), copy.deepcopy(project)):
        assert other == project
        assert (other.extra, other.absent) == ({"new": [1]}, ("updated_at", "description"))


def test_threads_that_use_it_at_once_all_succeed() -> None:
    numbers = [str(n) for n in range(16)]
    for _ in range(50):
        model: Any = built()

        def make(number: str, model: Any = model) -> Any:
            return model(id=number)

        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(make, numbers))
        assert [one.id for one in made] == numbers
        assert made[0] == model(id="0")


class Shouted(models.ProjectRequest):
    def shouted(self) -> str:
        return self.name.upper()


def test_a_subclass_of_the_users_has_all_of_it() -> None:
    assert Shouted(name="shop").shouted() == "SHOP"
    assert Shouted(name="shop") == Shouted(name="shop")
    assert [name for name, _, _ in declared(Shouted)] == ["name", "description"]


def test_a_decoder_does_not_wait_for_those_of_what_is_absent() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", BUILT], check=True, timeout=60)
