"""Which faults can be injected into responses, and into which?"""
