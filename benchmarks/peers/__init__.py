"""How does the client compare with what a user could take instead? `nox -s bench-peers` runs it."""
