"""gb_psc: see the module named after the format, or source."""
