"""What the commands do between parsing and printing; cli.py declares them."""
