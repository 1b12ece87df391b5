"""The service on a loopback port, for a browser."""

from running_app import running

from serving.app import create_app
from serving.settings import Settings


def served(**settings):
    """Runs the service; gives its address."""
    return running(create_app(Settings(engine="light", **settings)), "error")
