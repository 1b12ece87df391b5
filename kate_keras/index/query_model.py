"""The model inside an index, so that a search needs nothing else."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa

from kate_keras.artifact.manifest import ENCODER, MANIFEST, VOCABULARY
from kate_keras.errors import InputError
from kate_keras.index.tables import MODEL, table_names
from kate_keras.light import LightModel

FILES = (MANIFEST, VOCABULARY, ENCODER)


def store_model(database: Any, folder: Path) -> None:
    """Keeps what the light reader needs of a model folder.

    A model that the light reader cannot read is not kept; searches then name it.

    Args:
        database: The index.
        folder: Model folder.
    """
    try:
        LightModel(folder).require_vectors()
    except InputError:
        return
    contents = [(folder / name).read_bytes() for name in FILES]
    schema = pa.schema([("name", pa.string()), ("content", pa.large_binary())])
    table = pa.table({"name": FILES, "content": contents}, schema)
    database.create_table(MODEL, table, mode="overwrite")


def stored_model(database: Any, uri: str) -> LightModel:
    """Returns the model of an index.

    Raises:
        InputError: If it holds none, or a damaged one.
    """
    if MODEL not in table_names(database):
        raise InputError(
            f"{uri} holds no model that works without TensorFlow, as its model has "
            "none. Pass the model itself: --model MODEL, or vectors of it."
        )
    rows = database.open_table(MODEL).to_arrow().to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            # Names of our own choice, whatever somebody may have put into the table.
            if row["name"] in FILES:
                Path(folder, row["name"]).write_bytes(row["content"])
        try:
            return LightModel(folder)
        except InputError as error:
            # Where it was for a moment is nothing to look for.
            reason = str(error).replace(f"{folder}{os.sep}", "").replace(folder, "it")
            raise InputError(
                f"The model inside the index {uri} is damaged: {reason} Pass the model "
                "itself: --model MODEL."
            ) from None
