"""Covers: small parts of a network that share its edges among them, each bounded by itself."""
