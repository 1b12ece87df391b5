"""The arrays of a model folder, read without TensorFlow and without pickle."""

import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from kate_keras.artifact.archives import check_members
from kate_keras.artifact.manifest import ENCODER, Manifest, check_listed
from kate_keras.errors import InputError

Arrays = dict[str, np.ndarray]


def read_encoder(folder: Path, manifest: Manifest) -> Arrays:
    """Reads `encoder.npz`; see `kate_keras.artifact.encoder_arrays`.

    Args:
        folder: Model folder, or an export, whose checksums are right.
        manifest: What it says of itself.

    Raises:
        InputError: If the file is no such archive, or its arrays are not those of a
            model of this size.
    """
    check_listed(folder, manifest, ENCODER)
    path = folder / ENCODER
    n_words, units = manifest["vocabulary_size"], manifest["dimensions"]
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (n_words, units),
        "topic_ends": (2, units, units),
        "bias": (units,),
        "activation": (),
        "read": (),
        "word_weights": (n_words,),
        "mean": (units,),
        "whitening": (units, units),
    }
    arrays: Arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = check_members(archive, path, [f"{name}.npy" for name in shapes])
            for name, shape in shapes.items():
                member = members.get(f"{name}.npy")
                if member is not None:
                    with archive.open(member) as file:
                        arrays[name] = _read_array(file, member.file_size, shape)
    except InputError:
        raise
    # Archives and headers can be broken in ways that raise anything at all.
    except Exception as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    if "kernel" not in arrays or ("bias" in arrays) != ("activation" in arrays):
        raise InputError(
            f"{path} is not complete: expected `kernel`, and `bias` with `activation`; "
            f"found {', '.join(arrays) or 'nothing'}."
        )
    for name, values in arrays.items():
        if values.shape and not np.isfinite(values).all():
            raise InputError(f"{path} is damaged: `{name}` has values not finite.")
    return arrays


def _read_array(file: IO[bytes], size: int, shape: tuple[int, ...]) -> np.ndarray:
    """Reads an array, after a look at its header: memory is taken by what it says.

    Args:
        file: Array in NumPy's format, from its beginning.
        size: Length of the file.
        shape: What the array has to have.
    """
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"expected arrays of format 1.0, found {version}")
    header = np.lib.format.read_array_header_1_0(file)
    found, _, dtype = header
    kind = "f" if shape else "U"
    if found != shape or dtype.kind != kind:
        raise ValueError(
            f"{getattr(file, 'name', 'an array')} must be of shape {shape} and kind "
            f"{kind!r}, found {found} and {dtype}"
        )
    if file.tell() + math.prod(shape) * dtype.itemsize != size:
        raise ValueError(
            f"{getattr(file, 'name', 'an array')} is not as long as it says"
        )
    file.seek(0)
    array: np.ndarray = np.lib.format.read_array(file, allow_pickle=False)
    return array
