"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from sim.sources import source_hash


def machine() -> dict[str, str]:
    """Processor, cores, load, versions, and the hash of the sources that were compiled."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load average": ", ".join(f"{load:.2f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("numba", "llvmlite", "numpy", "mesa")},
        "model sources": source_hash(),
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
