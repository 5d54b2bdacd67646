"""What ``pyproject.toml`` cannot say: ``scenarios/`` goes into the package, as ``sim/scenarios``, and so does the compiled model.

The model is compiled for processors of several kinds into a wheel, and for this one in an editable install.  ``DAARNA_BUILD``
names the kinds (of ``x86-64-v2 x86-64-v3 x86-64-v4``), or says ``none``.  Where it was not compiled, the first start does it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
FOLDERS = sorted(path.relative_to(HERE) for path in (HERE / "scenarios").rglob("*") if path.is_dir())
LIBRARY = {".".join(("sim", "scenarios", *folder.parts[1:])): ["*"] for folder in (Path("scenarios"), *FOLDERS)}


class Build(build_py):
    """Copies the sources, and compiles the model."""

    def run(self) -> None:
        """Both."""
        super().run()
        sources = HERE if self.editable_mode else Path(self.build_lib).resolve()
        levels = os.environ.get("DAARNA_BUILD", "" if self.editable_mode else "x86-64-v2 x86-64-v3 x86-64-v4")
        shutil.rmtree(sources / "sim" / "built", ignore_errors=True)
        if levels != "none":
            compile_model(sources, levels.split())


def compile_model(sources: Path, levels: list[str]) -> None:
    """Compile the model with the packages that are there; without it the package is whole as well."""
    print("daarna: compiling the model, some minutes; DAARNA_BUILD=none leaves it to the first start", flush=True)
    folder = sources / "sim" / "built"
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            "DAARNA_CACHE": cache,
            "PYTHONPATH": os.pathsep.join([str(sources), *filter(None, sys.path)]),
        }
        command = [sys.executable, "-m", "sim.build", str(folder), *levels]
        done = subprocess.run(command, env=environment, cwd=cache, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        print(f"daarna: the model was not compiled; the first start will do it\n{done.stderr}", file=sys.stderr, flush=True)


setup(
    cmdclass={"build_py": Build},
    packages=[*find_packages(include=["sim", "sim.*"]), *LIBRARY],
    package_dir={"sim.scenarios": "scenarios"},
    package_data={"sim": ["py.typed", "*.pyi"], **LIBRARY},
    include_package_data=False,
)
