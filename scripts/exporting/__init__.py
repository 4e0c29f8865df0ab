"""Networks for `scripts/export_networks.py`, as PyTorch's exporters write them; all weights are random."""
