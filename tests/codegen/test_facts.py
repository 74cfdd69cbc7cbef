"""Facts survive being written and read."""

from __future__ import annotations

from pathlib import Path

from codegen import facts


class TestFacts:
    def test_survive_being_written_and_read(self, tmp_path: Path) -> None:
        file = tmp_path / "api.json"
        file.write_text(facts.dump(facts.read()), encoding="utf-8")
        assert facts.read(file) == facts.read()
        assert file.read_text(encoding="utf-8") == facts.API_JSON.read_text(encoding="utf-8")
