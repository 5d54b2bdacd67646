"""Closed forms, each against a restricted scenario of the ordinary model."""
