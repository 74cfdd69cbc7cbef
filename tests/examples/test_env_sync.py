"""Does the example plan, apply what was reviewed, and tell of drift?"""

from __future__ import annotations

from pathlib import Path

from tests.examples.conftest import MakeStage

PLACE = "shop/production/api"


def test_a_reviewed_plan_is_applied_and_drift_is_told(make_stage: MakeStage, tmp_path: Path) -> None:
    stage = make_stage(20)
    env, plan = tmp_path / "app.env", tmp_path / "plan.json"
    env.write_text("LOG_LEVEL=debug\nAPI_KEY='hush-hush'\nGREETING='a\nb'\n")
    planned = stage.run("env_sync.py", PLACE, str(env), "--secret", "API_KEY", "--plan", str(plan))
    assert (planned.returncode, planned.stderr) == (0, "")
    assert planned.stdout.startswith("Variables of service shop/production/api: 3 changes\n  + API_KEY = ***")
    assert "hush" not in plan.read_text() + planned.stdout
    drifted = stage.run("env_sync.py", PLACE, str(env), "--drift")
    assert (drifted.returncode, '+ LOG_LEVEL = "debug"' in drifted.stdout) == (1, True)
    applied = stage.run("env_sync.py", PLACE, str(env), "--apply", str(plan), "--redeploy", "60")
    assert (applied.returncode, applied.stdout) == (0, "3 changes made, 0 were made already\n")
    again = stage.run("env_sync.py", PLACE, str(env), "--apply", str(plan))
    assert (again.returncode, again.stdout) == (0, "0 changes made, 3 were made already\n")
    assert stage.run("env_sync.py", PLACE, str(env), "--drift").returncode == 0


def test_a_file_that_is_wrong_is_told(make_stage: MakeStage, tmp_path: Path) -> None:
    (tmp_path / "app.env").write_text("A=1\nA=2\n")
    ran = make_stage(1).run("env_sync.py", "shop", str(tmp_path / "app.env"), "--drift")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith("app.env': line 2 sets A again\n")
