"""Tests of the battery."""
