"""What does the emulator know of the API? Its operations, the types of their bodies, its error bodies."""
