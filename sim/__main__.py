"""``python -m sim``: the command ``daarna``."""

from sim.cli import main

main()
