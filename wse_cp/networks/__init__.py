"""Builders of networks of kernels, and the descriptions (models, problems) that use them."""
