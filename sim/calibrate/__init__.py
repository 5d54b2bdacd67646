"""Calibration: customer processes estimated from logs, as a scenario fragment with standard errors.

>>> from sim.calibrate import calibrate
>>> result = calibrate("scenarios/data/cdnow_sample_to_1997-09-30.csv")  # doctest: +SKIP
>>> print(result)  # doctest: +SKIP
>>> scenario = sim.load("scenarios/cdnow-shop.toml").with_(**result.fragment.tree())  # doctest: +SKIP
"""

from __future__ import annotations

from sim.calibrate.calibration import Calibration, calibrate
from sim.calibrate.estimates import FittedModel
from sim.calibrate.forecast import Forecast, forecast
from sim.calibrate.fragment import Fragment
from sim.calibrate.histories import Histories, histories
from sim.calibrate.logs import read

__all__ = ["Calibration", "FittedModel", "Forecast", "Fragment", "Histories", "calibrate", "forecast", "histories", "read"]
