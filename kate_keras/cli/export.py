"""`kate export`: a model for TF Serving."""

import argparse
from pathlib import Path
from shlex import quote

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.loading import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate export`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument("--version", type=positive, help="default: the next one")
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Exports and prints where."""
    folder = load(options.model).export(options.directory, options.version)
    if options.json:
        show_json({"saved_model": str(folder)})
        return
    directory = options.directory.resolve()
    name = directory.name
    print(folder)
    print(
        f"next: docker run -p 8501:8501 -v {quote(f'{directory}:/models/{name}')} "
        f"-e {quote(f'MODEL_NAME={name}')} tensorflow/serving"
    )
