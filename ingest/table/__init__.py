"""Anybody's tables, read through a mapping file in FollowTheMoney's own syntax.

`mapping` reads and checks the file, `rows` reads tables as columns of text, `execute` turns columns
into statements and relations, `guess` proposes a mapping for a table. `docs/mapping.md` is the
guide.
"""
