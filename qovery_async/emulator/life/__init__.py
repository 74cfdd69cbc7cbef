"""The simulated deployment engine: environments, services and clusters on a clock."""
