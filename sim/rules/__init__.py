"""How people behave: one module per step of the month, compiled, called by both engines.

What steps are given is the same for all (:mod:`sim.rules.steps`): records, which :mod:`sim.state` describes.  A formula stands in a
small pure function beside its step.
"""
