"""What Qovery tells the receivers of webhooks."""
