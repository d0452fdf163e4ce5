"""One module per publisher's format; `ingest.catalog` finds the source of a dataset."""
