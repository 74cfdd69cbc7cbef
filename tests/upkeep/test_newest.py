"""What does the pull request say that brings a newer description?"""

from __future__ import annotations

from upkeep.newest import Step, changelog, draft, request

IMPORTED = """\
### Breaking

- `projects.get` is gone.
- `Project.name` is now a number.

### Added and changed

- New: `projects.archive`.
named by convention, add it to codegen/decisions/names.csv: archiveProject -> projects.archive
555 operations, 10 schemas, 0 declared schemas without a class of their own
"""
DRAFT = ["### Breaking", "", "- `projects.get` is gone.", "- `Project.name` is now a number.", "",
         "### Added and changed", "", "- New: `projects.archive`."]  # fmt: skip


def test_the_draft_is_what_the_import_prints_of_it() -> None:
    assert draft(IMPORTED) == DRAFT
    assert draft("No changes.\n554 operations, 10 schemas, 0 declared schemas without a class of their own\n") == []


def test_the_changelog_gets_it_in_its_first_part() -> None:
    text = "# Changelog\n\n## 0.2.0 (unreleased)\n\n- A.\n\n## 0.1.0\n\n- B.\n"
    begun = "# Changelog\n\n## 0.2.0 (unreleased)\n\n- A.\n\n### Breaking\n\n- C.\n"
    assert changelog(text, ["### Breaking", "", "- C."]) == begun + "\n## 0.1.0\n\n- B.\n"
    assert changelog(text.partition("\n## 0.1.0")[0], ["### Breaking", "", "- C."]) == begun


def test_the_request_has_the_draft_what_was_said_and_what_is_left() -> None:
    steps = [Step("python -m codegen import", IMPORTED, passed=True), Step("python -m codegen generate", "a PUT\n", passed=False)]  # fmt: skip
    text = request(steps, DRAFT)
    assert "\n".join(DRAFT) in text
    assert "- [ ] mend what stopped `python -m codegen generate`\n" in text
    assert "## `python -m codegen generate`\n\n```text\na PUT\n```\n" in text
    assert "mend" not in request(steps[:1], DRAFT)
