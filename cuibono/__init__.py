"""The front door: settings, `Workspace`, the command line and the sample case."""
