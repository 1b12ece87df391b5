"""Seconds and memory of training, encoding and starting, beside peers in one run."""
