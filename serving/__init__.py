"""The HTTP service for an exported KATE model: `python -m serving MODEL`.

It reads a folder and imports nothing from `kate_keras`: that folder is the only
bridge between training and serving. `serving.app.create_app` makes the application.
"""
