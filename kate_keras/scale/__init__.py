"""Corpora that outgrow one machine: the same results, on Ray."""
