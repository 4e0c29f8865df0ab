"""What the commands do between parsing and printing; `wse_cp.cli` declares them."""
