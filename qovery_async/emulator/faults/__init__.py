"""Injected faults: their kinds, the rules that say when they strike, how they are sent."""
