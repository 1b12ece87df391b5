"""Options of the commands that give work to Ray."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from kate_keras.cli.options import positive
from kate_keras.cli.standard_streams import say
from kate_keras.errors import InputError


def add_cluster_options(
    parser: argparse.ArgumentParser, purpose: str = "", default: str | None = None
) -> None:
    """Adds where the work is done, and in which parts.

    Args:
        parser: Parser of the command.
        purpose: What the address is for, before what it is.
        default: The address if none is given.
    """
    group = parser.add_argument_group("cluster (pip install 'kate_keras[scale]')")
    told = "" if default is None else " (default: %(default)s)"
    group.add_argument(
        "--address",
        metavar="ADDRESS",
        default=default,
        help=f"{purpose}'local', a Ray of this machine for as long as the command "
        f"runs, or that of a cluster, as HOST:6379 or 'auto'{told}",
    )
    group.add_argument(
        "--shard-bytes",
        metavar="N",
        type=positive,
        default=64 * 2**20,
        help="about so much of a plain .jsonl or .txt file is a part (default: 64 MiB)",
    )


def cluster_arguments(options: argparse.Namespace) -> dict[str, Any]:
    """Returns the arguments of the functions of `kate_keras.scale`."""
    from kate_keras.scale.shards import Reading

    return {
        "address": options.address,
        "shard_bytes": options.shard_bytes,
        "reading": Reading(options.skip_bad_lines, options.encoding),
    }


def refuse_download(options: argparse.Namespace) -> None:
    """Refuses to have every process of a cluster fetch a known corpus.

    Raises:
        InputError: If that is asked for.
    """
    if options.download:
        raise InputError(
            "--download and --address do not go together. Download first, with "
            "`kate train` or `kate encode` without --address."
        )


def say_skipped(facts: Mapping[str, Any], messages: Sequence[str]) -> None:
    """Says on stderr what reading left out, and what was wrong with some of it."""
    if facts["skipped"]:
        say(f"read {facts['documents']}, skipped {facts['skipped']}:")
        for message in messages[:5]:
            say(f"  {message}")
