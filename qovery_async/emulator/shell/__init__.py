"""An emulated shell in a container. It never touches the host."""
