"""`python -m cuibono`: the same as the command."""

from cuibono.cli import main

main()
