"""What does a shell into a container say? An interpreter that never touches the host."""
