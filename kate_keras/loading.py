"""From a model folder to a model, whole or light."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    from kate_keras.estimator import KATE
    from kate_keras.light import LightModel


@overload
def load(path: str | Path, light: Literal[False] = False) -> "KATE": ...
@overload
def load(path: str | Path, light: Literal[True]) -> "LightModel": ...
def load(path: str | Path, light: bool = False) -> "KATE | LightModel":
    """Loads a model folder that `KATE.save` or `kate train` wrote.

    Args:
        path: Model folder.
        light: Whether to leave TensorFlow out, for vectors of texts, topics and words
            within a fraction of a second; see `LightModel`.

    Returns:
        The fitted estimator, whose vectors equal those before saving bit for bit; or
        the light model.

    Raises:
        InputError: If the folder is not a model, is of another version, or is damaged.
    """
    if light:
        from kate_keras.light import LightModel

        return LightModel(path)
    from kate_keras.estimator import KATE

    return KATE.from_folder(path)
