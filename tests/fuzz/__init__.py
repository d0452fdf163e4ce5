"""Fuzzing of everything that reads a published file; docs/decisions tells how and with what result.

`make fuzz` runs it at length, `test_fuzz.py` shortly.
"""
