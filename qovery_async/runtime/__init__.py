"""What a namespace of operations needs."""
