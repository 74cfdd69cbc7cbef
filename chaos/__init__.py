"""Does the SDK lose, repeat or leak anything under hard conditions? `nox -s chaos` checks it."""
