"""How is one part of an object changed, where Qovery only replaces the whole?"""
