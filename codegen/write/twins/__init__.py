"""From async classes to their blocking twins."""
