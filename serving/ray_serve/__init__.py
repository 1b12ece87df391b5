"""The service under Ray Serve: `python -m serving.ray_serve MODEL`.

Replicas on one machine or many, as many as the load asks for, each with the application
of `serving.app.create_app`. `serve run serving.ray_serve:application` takes it too.
"""

from serving.ray_serve.deployment import application

__all__ = ["application"]
