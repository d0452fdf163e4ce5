"""Names, addresses and identifiers brought to comparable forms."""
