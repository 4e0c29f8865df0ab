"""What the machine gives this process: cores and memory, within the limits of its container."""
