"""What is lost when something goes wrong, and what is let in."""
