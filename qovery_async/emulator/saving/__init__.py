"""The state of an emulator in a file, and an emulator that goes on from there."""
