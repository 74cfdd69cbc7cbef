"""The peers, each in a module of its own that imports nothing else."""
