"""Incentive schemes: measures, and one function that settles a component."""
