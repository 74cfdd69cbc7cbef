"""The objects of the emulated organization, and what each operation does to them."""
