"""How fast daarna is, measured: ``python -m benchmarks`` from the folder of the repository (see README.md there)."""
