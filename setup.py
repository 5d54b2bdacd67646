"""What ``pyproject.toml`` cannot say: the folder ``scenarios/`` goes into the package, as ``sim/scenarios``."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
FOLDERS = sorted(path.relative_to(HERE) for path in (HERE / "scenarios").rglob("*") if path.is_dir())
LIBRARY = {".".join(("sim", "scenarios", *folder.parts[1:])): ["*"] for folder in (Path("scenarios"), *FOLDERS)}

setup(
    packages=[*find_packages(include=["sim", "sim.*"]), *LIBRARY],
    package_dir={"sim.scenarios": "scenarios"},
    package_data={"sim": ["py.typed", "*.pyi"], **LIBRARY},
    include_package_data=False,
)
