"""What an emulator consists of: its options, and the parts that they give."""
