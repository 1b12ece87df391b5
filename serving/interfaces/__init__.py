"""The endpoints, a file for each of the protocols that they speak."""
