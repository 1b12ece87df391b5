"""What an index says of itself."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from kate_keras.errors import InputError
from kate_keras.index.tables import FACTS, table_names

FORMAT = "kate_keras index"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Facts:
    """What an index says of itself.

    Args:
        id: Made by chance with the index, so that another at its place is told apart.
        fingerprint: The model's, whose vectors it holds.
        n_components: Size of a vector.
        snippet: Most characters of a document that it keeps.
        finished: Version of the documents that search and map were made ready for;
            `None`, they never were.
        probes: Parts of the vectors that a search looks through; `None`, it compares
            every vector.
        recall: Share of the 10 nearest that it finds so, measured.
        mapped: Documents that there were when the map was laid out.
        next_number: The least number that no document ever had, as far as documents
            were taken out.
    """

    id: str
    fingerprint: str
    n_components: int
    snippet: int
    finished: int | None = None
    probes: int | None = None
    recall: float = 1.0
    mapped: int = 0
    next_number: int = 0


def read_facts(database: Any, uri: str) -> Facts:
    """Reads them.

    Raises:
        InputError: If this is no index, one of a newer format, or damaged.
    """
    if FACTS not in table_names(database):
        raise InputError(
            f"{uri} holds no index. Expected: what `kate index MODEL CORPUS -o {uri}` "
            "writes."
        )
    rows = database.open_table(FACTS).to_arrow().to_pylist()
    try:
        content = json.loads(rows[0]["content"])
        name, version = content.pop("format"), content.pop("format_version")
        if name != FORMAT or type(version) is not int:
            raise ValueError(f"format {name!r:.80}, version {version!r:.80}")
        if version <= FORMAT_VERSION:
            return Facts(**content)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"{uri} is damaged: its facts are not those of an index ({error}). "
            "Make it again with `kate index`, in another folder."
        ) from None
    raise InputError(
        f"{uri} was written by a newer kate_keras. Expected: {FORMAT} "
        f"{FORMAT_VERSION}. Received: {name} {version}. Upgrade kate_keras here."
    )


def write_facts(database: Any, facts: Facts) -> None:
    """Writes them in the place of earlier ones, at once."""
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(facts)}
    database.create_table(
        FACTS, pa.table({"content": [json.dumps(content)]}), mode="overwrite"
    )
