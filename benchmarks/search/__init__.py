"""The index of documents, and the page that shows it."""
