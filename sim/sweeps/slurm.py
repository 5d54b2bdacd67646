"""Scripts that run a sweep on a Slurm cluster: a plain job array, or Dask through dask-jobqueue."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path

from sim.errors import InputError

RESERVE = 3.0  # times the estimate: nodes differ, and Slurm kills what takes longer than it said
BARE = re.compile(r"[^A-Za-z0-9._-]+")  # what a directive of Slurm would take for its end, or a pattern, or not at all
SHORTEST = 600.0  # seconds to ask for

ARRAY = """\
#!/bin/bash
# {title}
# Submit with:  bash {file}      one task, or some, once more:  bash {file} 3,7
# {tasks} tasks of {cores} cores simulate a part of the points each; a last job makes the tables, and simulates what a
# task may have left.  A task that was killed goes on when it is submitted again.  The folder must be on a file system
# that all nodes share.
set -euo pipefail

array=$(sbatch --parsable ${{1:+--array="$1"}} <<'JOB'
#!/bin/bash
#SBATCH --job-name={name}
#SBATCH --array=1-{tasks}
#SBATCH --cpus-per-task={cores}
#SBATCH --time={time}
#SBATCH --output={name}-%a.log
daarna sweep {design} --out {out} --part "$SLURM_ARRAY_TASK_ID/{tasks}" --workers "$SLURM_CPUS_PER_TASK"
JOB
)
sbatch --dependency=afterany:"${{array%%;*}}" <<'JOB'
#!/bin/bash
#SBATCH --job-name={name}-tables
#SBATCH --cpus-per-task={cores}
#SBATCH --time={time}
#SBATCH --output={name}.log
daarna sweep {design} --out {out} --workers "$SLURM_CPUS_PER_TASK"
JOB
"""

DASK = """\
# {title}
# Start it where jobs may be submitted, and let it live until it is done:  python {file}
# It brings up {tasks} jobs of {cores} cores as Dask workers.  Killed, it goes on when it is started again.  The folder
# must be on a file system that all nodes share.

from dask.distributed import Client
from dask_jobqueue import SLURMCluster

import sim

if __name__ == "__main__":
    with (
        SLURMCluster(cores={cores}, processes=1, memory="{memory} GB", walltime="{time}", job_name="{name}") as cluster,
        Client(cluster) as client,
    ):
        cluster.adapt(minimum_jobs={tasks}, maximum_jobs={tasks})  # unlike scale(), it replaces jobs that end early
        sweep = sim.sweep({design!r}, out={out!r}, executor=client.get_executor())
        print(sweep)
        print(sweep.summary().to_string(max_rows=20))
"""


def script(file: Path, design: Path, out: Path, tasks: int, cores: int, seconds: float) -> str:
    """The text of a script: Python for dask-jobqueue if the file's name ends in .py, else a job array.

    Parameters
    ----------
    file, design, out : Path
        The script's own name, the design, the folder of the sweep.
    tasks, cores : int
        Jobs, and cores of each.
    seconds : float
        Work of the whole sweep on one core.
    """
    for path in (file, design, out):
        if not str(path).isprintable():
            raise InputError(f"--slurm-script: expected paths of printable characters, got {str(path)!r}")
    minutes = math.ceil(max(SHORTEST, RESERVE * seconds / (tasks * cores)) / 60)
    words = {
        "title": f"daarna sweep {design.name}",
        "file": shlex.quote(file.name),
        "name": f"daarna-{BARE.sub('-', design.stem)[:60]}",
        "tasks": tasks,
        "cores": cores,
        "memory": 2 * cores,
        "time": f"{minutes // 60:02d}:{minutes % 60:02d}:00",
    }
    if file.suffix == ".py":
        return DASK.format(**words, design=str(design), out=str(out))
    return ARRAY.format(**words, design=_word(design), out=_word(out))


def _word(path: Path) -> str:
    """A path as one word of a command, and no option of it."""
    return shlex.quote(f"./{path}" if str(path).startswith("-") else str(path))
