"""What Qovery pushes: logs, statuses and metrics over WebSockets."""
