"""Facts survive being written and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen import facts


class TestFacts:
    @pytest.mark.parametrize("kept", [facts.API_JSON, facts.STREAMS_JSON], ids=lambda kept: kept.name)
    def test_survive_being_written_and_read(self, kept: Path, tmp_path: Path) -> None:
        file = tmp_path / kept.name
        file.write_text(facts.dump(facts.read(kept)), encoding="utf-8")
        assert facts.read(file) == facts.read(kept)
        assert file.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")

    def test_of_both_descriptions_are_one_api(self) -> None:
        api, streams = facts.read(facts.API_JSON), facts.read(facts.STREAMS_JSON)
        assert facts.read().schemas.keys() == api.schemas.keys() | streams.schemas.keys()
        with pytest.raises(ValueError, match="both descriptions have a schema"):
            facts.joined(api, api)
