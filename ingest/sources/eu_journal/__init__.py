"""eu_journal: see the module named after the format, or source."""
