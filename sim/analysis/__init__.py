"""What is concluded from the runs: estimates with their standard errors."""

from __future__ import annotations
