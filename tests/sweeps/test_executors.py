"""Results are the same with every executor, and with workers that die."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim import sources
from sim.cli import main
from sim.sweeps import Design, job, pool
from sim.sweeps.execute import sweep_part
from sim.sweeps.job import Job, program
from tests.study.worlds import TINY_FILE
from tests.sweeps.worlds import contents, listed, planted, tiny_design

MANY = listed(*map(float, range(12)), -1.0)


def slow(point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
    """The planted model, at a pace at which a worker can be killed at work."""
    time.sleep(0.05)
    return planted(point, seed, runs)


def killer(point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
    """Kills the process it runs in, at one point."""
    if point["x"] == 3.0:
        os.kill(os.getpid(), signal.SIGKILL)
    return planted(point, seed, runs)


def processes(number: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn"))


def test_threads_and_processes_give_the_same_files(tmp_path: Path) -> None:
    design = tiny_design()
    sim.sweep(design, tmp_path / "one", workers=1)
    sim.sweep(design, tmp_path / "three", workers=3)
    with ThreadPoolExecutor(2) as threads:
        sim.sweep(design, tmp_path / "threads", executor=threads)
    with processes(1) as executor:
        sim.sweep(design, tmp_path / "processes", executor=executor)
    files = contents(tmp_path / "one")
    for name in ("three", "threads", "processes"):
        assert contents(tmp_path / name) == files


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_a_broken_pool_says_what_is_safe_and_another_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SHORTEST", 0.0)
    design = listed(1.0, 2.0, 4.0, 5.0, 3.0)
    with processes(1) as executor, pytest.raises(sim.DaarnaError, match=r"BrokenProcessPool.* (\d+) of 15 runs are safe") as told:
        sim.sweep(design, tmp_path / "s", executor=executor, model=killer)
    safe = int(re.findall(r"(\d+) of 15", str(told.value))[0])
    assert safe >= 3
    monkeypatch.setattr(os, "kill", lambda *_: None)
    sim.sweep(design, tmp_path / "whole", model=killer)
    again: list[tuple[int, int]] = []
    sim.sweep(design, tmp_path / "s", model=killer, progress=lambda *now: again.append(now))
    assert again[0][0] >= safe
    assert contents(tmp_path / "s") == contents(tmp_path / "whole")


def test_a_model_that_cannot_be_sent_to_processes_is_told(tmp_path: Path) -> None:
    with processes(1) as executor, pytest.raises(sim.DaarnaError, match=r"the executor cannot do the work: .*pickle"):
        sim.sweep(MANY, tmp_path / "s", executor=executor, model=lambda point, seed, runs: planted(point, seed, runs))


def test_workers_that_do_not_see_the_folder_or_have_another_version_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    with pytest.raises(sim.DaarnaError, match="all workers must see the folder of the sweep"):
        Job(str(tmp_path / "elsewhere"), None, (), 1, {}, "p").work([])
    (tmp_path / "parts").mkdir()
    for name in ("version of daarna", "numpy", "numba"):
        with pytest.raises(sim.DaarnaError, match=rf"has another {name} \(.*; expected 0123\); install the same on all"):
            Job(str(tmp_path), None, (), 1, program(None) | {name: "0123"}, "p").work([])
    with pytest.raises(sim.DaarnaError, match="has another version of the model function"):
        Job(str(tmp_path), None, (), 1, program(slow), "p", planted).work([])


def test_a_retry_is_another_call_to_dask(tmp_path: Path) -> None:
    """Else the points that a broken worker left to the others would fail with its error again, for ever."""
    job = Job(str(tmp_path), None, (), 1, {}, "p", planted)
    tokenize = import_module("dask.tokenize").tokenize
    assert tokenize(job.work, ()) != tokenize(job.work, ())


@pytest.mark.parametrize("file", ["sweeps/point.py", "rules/lapse.py", "study/run.py", "whole_number.py", "scenario/path.py"])
def test_the_version_of_daarna_is_of_every_source_that_numbers_depend_on(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "sim"
    shutil.copytree(sources.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sources, "PACKAGE", copy)
    before = sources.source_hash.__wrapped__()
    assert before == sources.source_hash()
    (copy / file).write_text((copy / file).read_text() + "\n")
    assert sources.source_hash.__wrapped__() != before


def broken(error: BaseException) -> Callable[..., pd.DataFrame]:
    """A model that fails at one point with an error that is its machine's."""

    def model(point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
        if point["x"] == 2.0:
            raise error
        return planted(point, seed, runs)

    return model


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), MemoryError("no room"), ImportError("no module"), PermissionError("no")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_the_machine_is_never_a_points(error: Exception, tmp_path: Path) -> None:
    """The sweep ends, the points stay to be simulated, and the same call goes on."""
    design = listed(1.0, 2.0, 3.0)
    sim.sweep(design, tmp_path / "whole", model=planted)
    with pytest.raises(
        sim.DaarnaError, match=rf"worker \d+ on .*{re.escape(str(error))}.* runs are safe in .*; the same command goes on"
    ):
        sim.sweep(design, tmp_path / "s", model=broken(error), workers=1)
    left = json.loads((tmp_path / "s" / "design.json").read_text())
    assert not left["complete"]
    with pytest.raises(sim.DaarnaError, match=r"worker \d+ on"):
        sweep_part(design, tmp_path / "part", 1, 1, model=broken(error))


def test_a_model_that_cannot_be_loaded_is_no_points_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: Any) -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr(job, "run_columns_of", damaged)
    job.load_kernel.cache_clear()
    with pytest.raises(sim.DaarnaError, match=r"worker \d+ on .*: the model cannot be loaded: EOFError: Ran out of input"):
        sim.sweep(tiny_design(), tmp_path / "s")
    assert not list((tmp_path / "s").glob("parts/*.arrow"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two Dask workers, processes of their own."""
    distributed = import_module("dask.distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def workers_of(client: Any) -> list[int]:
    return sorted(client.run(os.getpid).values())


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_a_dask_worker_killed_in_mid_sweep_loses_nothing(tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SHORTEST", 0.0)
    sim.sweep(MANY, tmp_path / "threads", model=slow, workers=2)
    victims = workers_of(cluster)
    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if done >= total // 3 and not killed:
            killed.append(victims[0])
            os.kill(victims[0], signal.SIGKILL)

    sweep = sim.sweep(MANY, tmp_path / "dask", executor=cluster.get_executor(), model=slow, progress=kill_one)
    assert killed
    assert killed[0] not in workers_of(cluster)
    assert contents(tmp_path / "dask") == contents(tmp_path / "threads")
    assert sweep.failures["x"].tolist() == [-1.0]


def test_the_command_works_with_a_dask_scheduler(tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "d.toml").write_text('base = "tiny.toml"\nruns = 2\n[[factors]]\npath = "reps.count"\nlevels = [1, 2]\n')
    address = cluster.scheduler_info()["address"]
    monkeypatch.setattr(
        sys, "argv", ["daarna", "sweep", str(tmp_path / "d.toml"), "--out", str(tmp_path / "s"), "--dask", address]
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code
    sim.sweep(tmp_path / "d.toml", tmp_path / "threads")
    assert contents(tmp_path / "s") == contents(tmp_path / "threads")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_dask_workers_killed_while_they_simulate_give_the_identical_sweep(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SHORTEST", 0.05)
    design = tiny_design(points=60, runs=10)
    sim.sweep(design, tmp_path / "threads")
    killed: list[int] = []

    def kill_now_and_then(done: int, total: int) -> None:
        if done > (len(killed) + 1) * total // 4 and len(killed) < 3:
            killed.append(workers_of(cluster)[0])
            os.kill(killed[-1], signal.SIGKILL)

    sim.sweep(design, tmp_path / "dask", executor=cluster.get_executor(), progress=kill_now_and_then)
    assert len(set(killed)) >= 2
    assert contents(tmp_path / "dask") == contents(tmp_path / "threads")


@pytest.mark.slow
def test_a_dask_worker_with_another_version_leaves_its_points_to_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its sources give other numbers; beside two good ones it does nothing, alone it ends the sweep."""
    distributed = import_module("dask.distributed")
    copy = tmp_path / "other"
    shutil.copytree(sources.PACKAGE, copy / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    point = copy / "sim" / "sweeps" / "point.py"
    point.write_text(
        point.read_text().replace("row, strict=True):\n        value = ", "row, strict=True):\n        value = 2 and ")
    )
    design = tiny_design(points=12)
    sim.sweep(design, tmp_path / "threads")
    with distributed.LocalCluster(n_workers=0, threads_per_worker=1, dashboard_address=None) as cluster:
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            cluster.scheduler_address,
            "--nthreads",
            "1",
            "--no-nanny",
        ]
        other = subprocess.Popen([*command, "--no-dashboard"], env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL)
        try:
            with distributed.Client(cluster) as client:
                client.wait_for_workers(1)
                with pytest.raises(sim.DaarnaError, match="has another version of daarna"):
                    sim.sweep(design, tmp_path / "alone", executor=client.get_executor())
                cluster.scale(2)
                client.wait_for_workers(3)
                sweep = sim.sweep(design, tmp_path / "dask", executor=client.get_executor())
        finally:
            other.kill()
            other.wait()
    assert sweep.failures.empty and contents(tmp_path / "dask") == contents(tmp_path / "threads")
    assert sum("has another version of daarna" in text and "left to the other workers" in text for text in caplog.messages) == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_a_point_that_kills_its_workers_is_a_failing_one(tmp_path: Path, cluster: Any) -> None:
    design = Design(factors=listed(1.0).factors, method="list", table=[{"x": x} for x in (1.0, 2.0, 3.0, 4.0)], runs=2)
    sweep = sim.sweep(design, tmp_path / "s", executor=cluster.get_executor(), model=killer)
    assert sweep.failures.to_dict("records") == [{"point": 2, "x": 3.0, "error": "the workers that simulated it died"}]
    assert len(sweep.runs) == 6


def test_what_dies_with_its_batch_is_tried_point_by_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for a cluster that gives up a batch after its workers have died."""

    class KilledWorker(Exception):  # noqa: N818
        pass

    sizes: list[int] = []

    class Deadly(Executor):
        def submit(self, work: Any, /, *arguments: Any, **more: Any) -> Future[Any]:
            done: Future[Any] = Future()
            pieces = arguments[0]
            sizes.append(len(pieces))
            if any(piece.row[0] == 3.0 for piece in pieces):
                done.set_exception(KilledWorker())
            else:
                done.set_result(work(pieces))
            return done

    monkeypatch.setattr(pool, "SHORTEST", 100.0)
    sweep = sim.sweep(listed(1.0, 2.0, 3.0, 4.0, 5.0, runs=1), tmp_path / "s", executor=Deadly(), workers=1, model=planted)
    assert max(sizes) > 1
    assert sweep.failures.to_dict("records") == [{"point": 2, "x": 3.0, "error": "the workers that simulated it died"}]
    assert sweep.runs["y"].size == 4


def test_a_scheduler_that_died_is_told(tmp_path: Path) -> None:
    """With stand-ins: one whose work is cancelled, without a word, and one whose scheduler does not answer."""

    class Gone(Executor):
        def submit(self, work: Any, /, *arguments: Any, **more: Any) -> Future[Any]:
            done: Future[Any] = Future()
            done.cancel()
            done.set_running_or_notify_cancel()
            return done

    class Silent(Gone):
        class _client:  # noqa: N801
            @staticmethod
            def nthreads() -> dict[str, int]:
                raise OSError

    for executor, reason in ((Gone(), "as it is when the scheduler has died"), (Silent(), "does not answer: no reason is given")):
        with pytest.raises(sim.DaarnaError, match=rf"{reason}; 0 of 39 runs are safe in .*; the same command goes on"):
            sim.sweep(MANY, tmp_path / "s", executor=executor, model=planted)


def test_an_executor_may_hold_any_number_of_batches(tmp_path: Path) -> None:
    """An executor that tells nothing of itself, and does the work at once."""

    class AtOnce(Executor):
        def submit(self, function: Any, /, *arguments: Any, **more: Any) -> Future[Any]:
            done: Future[Any] = Future()
            done.set_result(function(*arguments, **more))
            return done

    sim.sweep(MANY, tmp_path / "once", executor=AtOnce(), model=planted)
    sim.sweep(MANY, tmp_path / "threads", model=planted)
    assert contents(tmp_path / "once") == contents(tmp_path / "threads")
