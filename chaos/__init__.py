"""Is anything lost, doubled or left behind under hard conditions? `nox -s chaos` finds out."""
