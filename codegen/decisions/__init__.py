"""What people decided: tables, and one loader for them."""
