"""Every damage of a model folder, by every way in, and what is said to it."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from benchmarks.reliability.damages import (
    DAMAGES,
    Damage,
    damaged_copy,
    without_paths,
)
from kate_keras import KATE, InputError, load
from kate_keras.cli import main
from serving.model_folder import ModelFolderError, open_model_folder
from serving.saved_model import SavedModelRunner

TEXT = "rocket moon"
# Of the model that is damaged and of another, in whose place parts of it are put.
TRAINING = (
    ["a rocket to the moon", "orbit of the moon", "bread and soup", "cheese"] * 10,
    ["a rocket", "the moon and the stars", "piano and violin", "a concert"] * 10,
)
Ask = Callable[[Path], "np.ndarray | str"]


def _load(path: Path) -> np.ndarray | str:
    try:
        vectors: np.ndarray = load(path).transform([TEXT])
    except InputError as error:
        return str(error)
    return vectors


def _light(path: Path) -> np.ndarray | str:
    try:
        return load(path, light=True).transform([TEXT])
    except InputError as error:
        return str(error)


def _cli(path: Path) -> np.ndarray | str:
    """`kate encode`, which reads the whole model."""
    with tempfile.TemporaryDirectory() as work:
        texts, vectors = Path(work, "texts.jsonl"), Path(work, "vectors.npy")
        texts.write_text(f'{{"text": "{TEXT}"}}\n')
        said = io.StringIO()
        with (
            contextlib.redirect_stderr(said),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            status = main(["encode", str(path), str(texts), "-o", str(vectors)])
        if status == 0:
            encoded: np.ndarray = np.load(vectors)
            return encoded
        lines = said.getvalue().splitlines()
        if status != 2 or len(lines) != 1:
            raise AssertionError(f"kate ended with {status} and {len(lines)} lines")
        return lines[0]


def _service(path: Path) -> np.ndarray | str:
    try:
        runner = SavedModelRunner(open_model_folder(path))
        return runner.describe([TEXT.encode()]).embeddings
    except ModelFolderError as error:
        return str(error)


# Ways in; what each is asked, it answers with a vector or with its refusal.
INTERFACES: dict[str, Ask] = {
    "load": _load,
    "light": _light,
    "cli": _cli,
    "service": _service,
}


def measure(
    folder: Path, other: Path, damages: Iterable[Damage] = DAMAGES
) -> list[dict[str, str]]:
    """Tries every damage on a copy of a model folder.

    Args:
        folder: Model folder of 6 components, fitted on texts.
        other: Another one.
        damages: Those to try.

    Returns:
        A row per damage and interface: `damage`, `interface`, `message` and `outcome`:
        `"refused"`; `"not read"`, the vectors are right as what is damaged has no part
        in them; or `"wrong"`, the vectors are others.
    """
    rows = []
    with tempfile.TemporaryDirectory() as work:
        right = _vectors(folder)
        for damage in damages:
            copy = damaged_copy(damage, folder, other, Path(work))
            for interface, ask in INTERFACES.items():
                answer = ask(copy)
                if isinstance(answer, str):
                    outcome, message = "refused", without_paths(answer, copy)
                else:
                    same = answer.shape == right.shape and np.allclose(
                        answer, right, rtol=0, atol=1e-5
                    )
                    outcome, message = ("not read" if same else "wrong"), ""
                rows.append(
                    {
                        "damage": damage.name,
                        "interface": interface,
                        "outcome": outcome,
                        "message": message,
                    }
                )
    return rows


def _vectors(folder: Path) -> np.ndarray:
    vectors: np.ndarray = load(folder).transform([TEXT])
    return vectors


def measure_damages(data: Path, work: Path) -> list[dict[str, str]]:  # noqa: ARG001
    """Trains two small models, and tries every damage on copies of the first.

    Args:
        data: Not read: what is in a folder does not matter to whether it is whole.
        work: Empty folder to work in.

    Returns:
        As `measure`.
    """
    model = KATE(n_components=4, epochs=2, verbose=False)
    folders = work / "model", work / "other"
    for folder, texts in zip(folders, TRAINING, strict=True):
        model.fit(texts).save(folder)
    return measure(*folders)


def render(rows: list[dict[str, str]]) -> list[str]:
    """Returns the rows as lines of Markdown."""
    counts = {
        outcome: sum(row["outcome"] == outcome for row in rows)
        for outcome in ("refused", "not read", "wrong")
    }
    n_damages = len({row["damage"] for row in rows})
    lines = [
        f"{n_damages} damages by {len(INTERFACES)} ways in (`load`; "
        "`load(light=True)`; `kate encode`, one line and status 2; the service): "
        f"{counts['refused']} refused with a sentence, {counts['not read']} not read "
        f"by this way in, which gives the right vectors, {counts['wrong']} with wrong "
        "vectors.",
        "",
        "| damage | way in | answer |",
        "|---|---|---|",
    ]
    for row in rows:
        answer = row["message"] or row["outcome"]
        cells = (row["damage"], row["interface"], answer)
        text = " | ".join(cell.replace("|", "\\|") for cell in cells)
        lines.append(f"| {text} |")
    return lines


def render_damages(rows: list[dict[str, str]]) -> str:
    """Returns the section of the page."""
    return "\n".join(["## Damaged model folders", "", *render(rows), ""])
