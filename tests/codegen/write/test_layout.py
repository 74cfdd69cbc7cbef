"""Which module does a model live in, where modules would need each other?"""

from __future__ import annotations

from codegen.facts import ObjectSchema
from codegen.write import layout
from tests.support.small_package import api, model


def test_a_circle_through_common_is_broken() -> None:
    """What `common` holds is the cheapest cut of the circle, but it is there already."""
    schemas = {
        "Outer": model(application="ApplicationPart"),
        "ApplicationPart": model(shared="Shared", again="Shared"),
        "Shared": ObjectSchema([]),
    }
    assert layout.arrange(api(schemas=schemas)).module_of == dict.fromkeys(schemas, "common")
