"""Statistics of studies: pure functions of their tables, so that a growing number of runs can be analysed as it grows."""
