"""The decisions of people: tables, and one loader for them."""
