"""`kate export` and `kate serve`: a model for other programs."""

import argparse
from pathlib import Path
from typing import Any

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.errors import InputError
from kate_keras.estimator import load


def add_commands(commands: Any) -> None:
    """Adds `kate export` and `kate serve`."""
    export = commands.add_parser("export", help="write a SavedModel for TF Serving")
    export.add_argument("model", metavar="MODEL", type=Path)
    export.add_argument("directory", metavar="DIR", type=Path)
    export.add_argument("--version", type=positive, help="default: the next one")
    add_json_option(export)
    export.set_defaults(run=run_export)

    serve = commands.add_parser(
        "serve", help="answer POST /encode over HTTP", add_help=False
    )
    serve.add_argument("arguments", metavar="MODEL …", nargs=argparse.REMAINDER)
    serve.set_defaults(run=run_serve)


def run_export(options: argparse.Namespace) -> None:
    """Exports and prints where."""
    folder = load(options.model).export(options.directory, options.version)
    if options.json:
        show_json({"saved_model": str(folder)})
        return
    directory = options.directory.resolve()
    name = directory.name
    print(folder)
    print(
        f"next: docker run -p 8501:8501 -v {directory}:/models/{name} "
        f"-e MODEL_NAME={name} tensorflow/serving"
    )


def run_serve(options: argparse.Namespace) -> None:
    """Hands over to the service, which is a program of its own."""
    try:
        from serving.__main__ import main as serve
    except ImportError as error:
        raise InputError(
            f"The service needs {error.name}, which is not installed: "
            "pip install 'kate_keras[serving]'"
        ) from None
    raise SystemExit(serve(options.arguments, prog="kate serve"))
