"""The WebSockets: logs, statuses, shells and forwarded ports."""
