"""Scripts of nox sessions that keep the project: breaking changes, mutants, the import of a newer description."""
