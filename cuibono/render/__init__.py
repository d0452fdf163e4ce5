"""What answers look like on a terminal. Only this package and the command line know rich."""
