"""How does an HTTP request become a call of an operation, and its result a response?"""
