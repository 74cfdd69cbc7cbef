"""Is the table of surviving mutants one that can be relied on?"""

from __future__ import annotations

import pytest

from tests.support import ROOT
from upkeep.mutants import Survivor, Target, judged, survivor, targets

DIFF = """\
--- qovery_async/pacing/rate.py
+++ qovery_async/pacing/rate.py
@@ -1,3 +1,3 @@
 def f(limit):
-    return limit > 0
+    return limit >= 0
"""


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_it_names_files_that_exist_and_says_why(target: Target) -> None:
    assert (ROOT / target.file).is_file()
    assert target.tests
    assert [name for name in target.tests if not (ROOT / name).exists()] == []
    assert [one for one in target.survivors if len(one.why.split()) < 4] == [], "an explanation is a sentence"


def test_a_survivor_is_the_lines_that_differ() -> None:
    assert survivor(DIFF) == Survivor("return limit > 0", "return limit >= 0")


def test_what_is_not_explained_and_what_no_longer_survives_is_told() -> None:
    known = Survivor("a", "b", "nothing reads it after that")
    target = Target("rate", "rate.py", ["tests"], [known])
    assert judged(target, [Survivor("a", "b")]) == []
    assert judged(target, [known, Survivor("c", "d")]) == ["rate: survived, not explained: 'c' -> 'd'"]
    assert judged(target, []) == ["rate: explained, but killed: 'a' -> 'b'"]
