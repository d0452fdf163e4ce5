"""us_ofac: see the module named after the format, or source."""
