"""From published files to statements. Imports `graph` only."""
