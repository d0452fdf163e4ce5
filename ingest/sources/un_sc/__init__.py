"""un_sc: see the module named after the format, or source."""
