"""What outgrows one machine."""
