"""Who is who: names, addresses and identifiers compared, with evidence. Imports `graph` only."""
