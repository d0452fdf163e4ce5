"""Benchmarks: measured, never asserted. See README.md."""
