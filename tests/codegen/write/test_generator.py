"""Is what is committed what the generator writes, the same each time?"""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from codegen import facts
from codegen.facts import EnumSchema
from codegen.write import emit
from tests.support import ROOT
from tests.support.descriptions import DECISIONS
from tests.support.small_package import SMALL, run


class TestGenerator:
    def test_what_is_committed_is_what_it_writes(self) -> None:
        assert emit.generate(DECISIONS.name(facts.read()), check=True) == 0

    def test_a_file_that_was_edited_by_hand_is_found(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert emit.generate(SMALL, check=False) == 0
        assert emit.generate(SMALL, check=True) == 0
        edited = package / "qovery_async" / "models" / "things.py"
        edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        (package / "qovery_sync" / "resources" / "stray.py").write_text("", encoding="utf-8")
        (package / "qovery_async" / "resources" / "organizations.py").unlink()
        assert emit.generate(SMALL, check=True) == 1
        told = capsys.readouterr().err.splitlines()
        assert [line.partition(" differs ")[0] for line in told] == [
            "qovery_async/models/things.py",
            "qovery_async/resources/organizations.py",
            "qovery_sync/resources/stray.py",
        ]

    @pytest.mark.slow
    def test_it_writes_the_same_whatever_the_order_of_sets(self) -> None:
        script = (
            "import hashlib; from codegen import facts; from codegen.decisions import tables;"
            "from codegen.write import emit; files = emit.files(tables.read().name(facts.read()));"
            "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest(), len(files))"
        )
        written = {run(script, ROOT, PYTHONHASHSEED=seed) for seed in ("1", "2", "3")}
        assert len(written) == 1

    def test_two_enum_values_with_one_python_name_stop_it(self, package: Path) -> None:
        clash = attrs.evolve(SMALL, schemas={**SMALL.schemas, "State": EnumSchema(["t3.small", "t3_small"])})
        with pytest.raises(ValueError, match="State"):
            emit.generate(clash, check=False)
