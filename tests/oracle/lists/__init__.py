"""Naive second readings of the real lists, to compare the product's with.

Each module reads one list by the shortest way that its format allows and shares no code with the
readers of `ingest`. Where the two differ on purpose, the test names the difference and its reason.
"""
