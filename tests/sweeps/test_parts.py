"""A sweep in parts on many machines, and the scripts that Slurm runs it with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sim
from sim.files import atomic
from sim.sweeps import load, sweep_folder, sweep_part
from sim.sweeps.slurm import script
from tests.conftest import ROOT
from tests.study.worlds import TINY_FILE
from tests.sweeps.worlds import Counted, contents, listed, planted

DESIGN = listed(*map(float, range(10)), -1.0)
TOML = 'base = "tiny.toml"\nruns = 2\n[[factors]]\npath = "reps.count"\nlevels = [1, 2, 3, 4, 5]\n'


def test_parts_side_by_side_make_the_same_sweep(tmp_path: Path) -> None:
    sim.sweep(DESIGN, tmp_path / "whole", model=planted)
    with ThreadPoolExecutor(3) as threads:
        failing = list(threads.map(lambda k: sweep_part(DESIGN, tmp_path / "s", k, 3, 1, planted), (1, 2, 3)))
    assert sum(failing) == 1
    told: list[tuple[int, int]] = []
    sim.sweep(DESIGN, tmp_path / "s", model=planted, progress=lambda *now: told.append(now))
    assert told[0] == (30, 33)  # all but the failing point
    assert contents(tmp_path / "s") == contents(tmp_path / "whole")


def test_a_part_that_did_not_run_is_simulated_in_the_end(tmp_path: Path) -> None:
    counted = Counted()
    sweep_part(DESIGN, tmp_path / "s", 2, 2, 1, counted)
    assert sorted(counted.runs) == [1.0, 3.0, 5.0, 7.0, 9.0]
    sim.sweep(DESIGN, tmp_path / "s", model=counted)
    assert all(sorted(runs) == [1, 2, 3] for x, runs in counted.runs.items() if x >= 0)


def test_who_leads_waits_for_the_parts_and_a_part_for_who_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_part(DESIGN, tmp_path / "s", 1, 2, 1, planted)
    monkeypatch.setattr(sweep_folder, "PATIENCE", 0.1)
    with atomic.lock(tmp_path / "s", ".lock-p2of2"):
        for start in (
            lambda: sim.sweep(DESIGN, tmp_path / "s", model=planted),
            lambda: sweep_part(DESIGN, tmp_path / "s", 2, 2, 1, planted),
        ):
            with pytest.raises(sim.InputError, match=rf"another process \({os.getpid()}\) is writing a sweep there"):
                start()
        sweep_part(DESIGN, tmp_path / "s", 1, 2, 1, planted)
    with atomic.lock(tmp_path / "s"), pytest.raises(sim.InputError, match="is writing a sweep there"):
        sweep_part(DESIGN, tmp_path / "s", 1, 2, 1, planted)
    with pytest.raises(sim.InputError, match="part: found 3/2, allowed is 1/2 to 2/2"):
        sweep_part(DESIGN, tmp_path / "s", 3, 2, 1, planted)


@pytest.mark.skipif(os.name == "nt", reason="Slurm's scripts are POSIX's")
@pytest.mark.parametrize(
    "name", ["d", "a b", "it's", 'say "x"', "50%", "$HOME", "`id`", "überblick 計画", "-x", "a;b #c", "a\\b", "{x}"]
)
def test_the_job_array_takes_any_name(name: str, tmp_path: Path) -> None:
    """Directives are one word each, and the commands get the names as they are; stand-ins for sbatch and daarna."""
    design, out = Path(f"{name}.toml"), Path(f"{name} out")
    (tmp_path / "array.sh").write_text(script(Path(f"{name}.sh"), design, out, 2, 1, 1.0), encoding="utf-8")
    for tool, text in {
        "daarna": '#!/bin/bash\nprintf "%s\\0" "$@" >> words\n',
        "sbatch": '#!/bin/bash\necho "$@" >> calls\ntee -a jobs > job\nSLURM_ARRAY_TASK_ID=2 SLURM_CPUS_PER_TASK=1 bash job\necho 77\n',
    }.items():
        (tmp_path / tool).write_text(text)
        (tmp_path / tool).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["bash", "array.sh", "2"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    given = [f"./{path}" if str(path).startswith("-") else str(path) for path in (design, out)]
    command = ["sweep", given[0], "--out", given[1]]
    words = [*command, "--part", "2/2", "--workers", "1", *command, "--workers", "1"]
    assert (tmp_path / "words").read_text(encoding="utf-8").split("\0")[:-1] == words
    assert (tmp_path / "calls").read_text().splitlines() == ["--parsable --array=2", "--dependency=afterany:77"]
    directives = [line for line in (tmp_path / "jobs").read_text().splitlines() if line.startswith("#SBATCH")]
    assert len(directives) == 9 and all(re.fullmatch(r"#SBATCH --[a-z-]+=[A-Za-z0-9:._%-]+", line) for line in directives)
    compile(script(Path("run.py"), design, out, 2, 1, 1.0), "run.py", "exec")


def test_a_name_that_is_no_line_is_refused() -> None:
    for name in ("a\nJOB\nid", "a\tb", "\udcff"):
        with pytest.raises(sim.InputError, match="expected paths of printable characters"):
            script(Path("array.sh"), Path(name), Path("o"), 2, 1, 1.0)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Slurm's scripts are POSIX's")
def test_the_job_array_runs(tmp_path: Path) -> None:
    """With a stand-in for sbatch that runs every task of a job at once, and for the command of an installation."""
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "d d.toml").write_text(TOML)
    (tmp_path / "array.sh").write_text(script(Path("array.sh"), Path("d d.toml"), Path("o o"), 2, 1, 1e5))
    tools = {
        "daarna": f'#!/bin/bash\nexec {sys.executable} -m sim.cli "$@"\n',
        "sbatch": '#!/bin/bash\necho "$@" >> calls\ncat > job\nexport SLURM_CPUS_PER_TASK=1\n'
        "for SLURM_ARRAY_TASK_ID in $(seq 1 $(sed -n 's/#SBATCH --array=1-//p' job)) ; do\n"
        "  export SLURM_ARRAY_TASK_ID; bash job >&2 || exit 1\ndone\n"
        'grep -q array job && echo "77;cluster" || bash job\n',
    }
    for name, text in tools.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    subprocess.run(["bash", "-n", "array.sh"], cwd=tmp_path, check=True)
    done = subprocess.run(["bash", "array.sh"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "part 2/2 is in o o" in done.stderr
    assert (tmp_path / "calls").read_text().splitlines() == ["--parsable", "--dependency=afterany:77"]
    assert "--time=41:40:00" in (tmp_path / "array.sh").read_text()  # 3 x 100,000 s / 2 tasks
    sim.sweep(load(tmp_path / "d d.toml"), tmp_path / "whole")
    assert contents(tmp_path / "o o") == contents(tmp_path / "whole")


def test_the_dask_script_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With a stand-in for the cluster, whose executor are threads."""
    asked: dict[str, Any] = {}

    class Stand:
        def __init__(self, *arguments: Any, **more: Any) -> None:
            asked.update(more)

        def __enter__(self) -> Stand:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def adapt(self, **more: Any) -> None:
            asked.update(more)

        def get_executor(self) -> ThreadPoolExecutor:
            return ThreadPoolExecutor(1)

    jobqueue, distributed = ModuleType("dask_jobqueue"), ModuleType("dask.distributed")
    jobqueue.SLURMCluster = distributed.Client = Stand  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "dask_jobqueue", jobqueue)
    monkeypatch.setitem(sys.modules, "dask.distributed", distributed)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "d.toml").write_text(TOML)
    text = script(Path("run.py"), Path("d.toml"), Path("o"), 8, 4, 60.0)
    exec(compile(text, "run.py", "exec"), {"__name__": "__main__"})
    assert "<Sweep over reps.count: 5 points, 2 runs, seed 1>" in capsys.readouterr().out
    assert asked == {
        "cores": 4, "processes": 1, "memory": "8 GB", "walltime": "00:10:00", "job_name": "daarna-d",
        "minimum_jobs": 8, "maximum_jobs": 8,
    }  # fmt: skip
