"""Variables of a project, an environment or a service as they should be: planned, applied, compared, exported."""
