"""Shells and commands in the containers of services, over WebSockets."""
