"""From a description to facts."""
