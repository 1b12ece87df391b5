"""Nothing lost, nothing let in."""
