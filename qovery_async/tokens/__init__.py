"""How is a token checked, and how is it replaced by a new one?"""
