"""The console: what a browser shows about a running emulator, and what it may change there."""
