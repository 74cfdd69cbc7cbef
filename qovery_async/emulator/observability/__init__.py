"""Logs and metrics as Loki and Prometheus respond, from the lines and series that the streams show."""
