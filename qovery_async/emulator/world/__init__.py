"""What is in the emulated organization, and what does each operation do to it?"""
