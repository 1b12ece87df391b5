"""What is lost when something goes wrong."""
