"""Corpora on clusters, and what is lost when their parts fail."""
