"""The printed certificate: drawn from the frozen snapshot, sealed, kept once drawn."""
