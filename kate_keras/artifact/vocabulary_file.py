"""The words of a model folder, read."""

from pathlib import Path

from kate_keras.artifact.manifest import VOCABULARY, Manifest, check_listed
from kate_keras.errors import InputError
from kate_keras.strict_json import read_json
from kate_keras.text.vocabulary import Vocabulary


def read_vocabulary(folder: Path, manifest: Manifest) -> Vocabulary:
    """Reads `vocabulary.json`.

    Args:
        folder: Model folder, or an export, whose checksums are right.
        manifest: What it says of itself.

    Raises:
        InputError: If it is no vocabulary, or not one of so many words.
    """
    check_listed(folder, manifest, VOCABULARY)
    path = folder / VOCABULARY
    data = read_json(path)
    try:
        vocabulary = Vocabulary.from_json(data)
    except InputError as error:
        raise InputError(f"{path} is no vocabulary: {error}") from None
    if len(vocabulary) != manifest["vocabulary_size"]:
        raise InputError(
            f"{path} is not what the manifest says: expected "
            f"{manifest['vocabulary_size']} words, found {len(vocabulary)}."
        )
    return vocabulary
