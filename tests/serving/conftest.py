"""A predictable engine, clients of the real app, and small model folders."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from running_app import running

from serving.app import create_app
from serving.engine import Arrays, Encoding, ModelCard, Signature, TensorSpec
from serving.settings import Settings

DIMENSIONS = 3
VOCABULARY = 11
TEXT = {"text": TensorSpec("string", (None,))}
EMBEDDING = {"embedding": TensorSpec("float32", (None, DIMENSIONS))}
COUNTS = {
    "known_words": TensorSpec("int64", (None,)),
    "words": TensorSpec("int64", (None,)),
}
SIGNATURES = {
    "serving_default": Signature(TEXT, EMBEDDING),
    "encode": Signature(TEXT, EMBEDDING),
    "describe": Signature(TEXT, EMBEDDING | COUNTS),
    "reconstruct": Signature(
        TEXT, {"logits": TensorSpec("float32", (None, VOCABULARY))}
    ),
    "encode_counts": Signature(
        {"counts": TensorSpec("float32", (None, VOCABULARY))}, EMBEDDING
    ),
    "encode_sparse": Signature(
        {
            "word_ids": TensorSpec("int64", (None,)),
            "counts": TensorSpec("float32", (None,)),
            "row_splits": TensorSpec("int64", (None,)),
        },
        EMBEDDING,
    ),
    "topics": Signature({"n_words": TensorSpec("int32", ())}, {}),
    "neighbours": Signature(
        {"word": TensorSpec("string", ()), "n": TensorSpec("int32", ())}, {}
    ),
    "explain": Signature(TEXT, {}),
}

READINGS: dict[str, Arrays] = {
    "topics": {
        "positive": np.array([[b"a", b"b"], [b"c", b""], [b"", b""]], object),
        "positive_influence": np.array([[2, 1], [0.5, 0], [0, 0]], np.float32),
        "negative": np.array([[b"d", b""], [b"e", b"f"], [b"", b""]], object),
        "negative_influence": np.array([[-1, 0], [-3, -0.25], [0, 0]], np.float32),
    },
    "neighbours": {
        "words": np.array([b"near", b"f\xc3\xa4r"], object),
        "cosines": np.array([0.75, -0.5], np.float32),
    },
    "explain": {
        "words": np.array([b"up", b"down"], object),
        "shares": np.array([[0.25, -1, 0], [-0.5, 2, 0]], np.float32),
        "row_splits": np.array([0, 2]),
        "bias": np.array([0.5, -3, 1], np.float32),
        "pre_activation": np.array([[0.25, -2, 1]], np.float32),
        "activation": np.array([[0.2, -0.9, 0.7]], np.float32),
        "unknown_words": np.array([b"the", b"x", b"the"], object),
        "unknown_row_splits": np.array([0, 3]),
    },
}


class FakeEngine:
    """Encodes a text as its length, a third of it below zero, and an awkward 0.1."""

    def __init__(self, name: str = "fake") -> None:
        self.card = ModelCard(
            name=name,
            version="7",
            fingerprint="f00d",
            dimensions=DIMENSIONS,
            vocabulary_size=VOCABULARY,
            versions={"kate_keras": "0.1.0"},
        )
        self.running = False
        self.encoded: list[list[bytes]] = []
        self.calls: list[tuple[str, Arrays]] = []
        self.signatures = SIGNATURES

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        self.encoded.append(list(documents))
        lengths = np.array([len(text) for text in documents], np.float32)
        tenths = np.where(lengths > 0, np.float32(0.1), np.float32(0))
        return Encoding(
            np.stack([lengths, -lengths / 3, tenths], axis=1).astype(np.float32),
            np.array([len(text.split()) for text in documents], np.int64),
            np.array([len(text.split()) + 1 for text in documents], np.int64),
        )

    async def run(self, signature: str, inputs: Arrays) -> Arrays:
        self.calls.append((signature, inputs))
        if signature in READINGS:
            return READINGS[signature]
        if signature == "reconstruct":
            return {"logits": np.zeros((len(inputs["text"]), VOCABULARY), np.float32)}
        sizes = inputs["counts"]
        if signature == "encode_sparse":
            sizes = np.stack(
                [
                    np.bincount(ids, values, VOCABULARY)
                    for ids, values in zip(
                        np.split(inputs["word_ids"], inputs["row_splits"][1:-1]),
                        np.split(inputs["counts"], inputs["row_splits"][1:-1]),
                        strict=True,
                    )
                ]
            )
        return {"embedding": sizes[:, :DIMENSIONS].astype(np.float32)}


@pytest.fixture
def make_engine() -> type[FakeEngine]:
    return FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def make_client(engine: FakeEngine) -> Iterator[Callable[..., TestClient]]:
    """Starts the real app with a fake engine and the settings that are given."""
    with ExitStack() as stack:

        def make(engine: Any = engine, **settings: Any) -> TestClient:
            app = create_app(Settings(model=Path("unused"), **settings), engine)
            client = TestClient(app, raise_server_exceptions=False)
            return stack.enter_context(client)

        yield make


@pytest.fixture
def serve(engine: FakeEngine) -> Callable[..., AbstractContextManager[tuple[str, Any]]]:
    """Serves the app over a real socket; gives its address and the app."""

    @contextmanager
    def serving(**settings: Any) -> Iterator[tuple[str, Any]]:
        app = create_app(Settings(model=Path("unused"), **settings), engine)
        with running(app) as url:
            yield url, app

    return serving


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    return make_client()


def _checksum(manifest: dict[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@pytest.fixture(scope="session")
def write_manifest() -> Callable[..., dict[str, Any]]:
    """Writes a valid manifest over the files of a folder, with changed keys."""

    def write(folder: Path, **changes: Any) -> dict[str, Any]:
        files = {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "manifest.json"
        }
        manifest: dict[str, Any] = {
            "format": "kate_keras",
            "format_version": 1,
            "name": "müsli",
            "created": "2026-01-01T00:00:00Z",
            "versions": {"kate_keras": "0.1.0"},
            "fingerprint": "f00d",
            "dimensions": DIMENSIONS,
            "vocabulary_size": 11,
            "options": {"alpha": 6.26},
            "corpus": {},
            "metrics": {},
            "files": files,
        } | changes
        manifest.setdefault("checksum", _checksum(manifest))
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        return manifest

    return write


@pytest.fixture
def model_folder(tmp_path: Path, write_manifest: Callable[..., Any]) -> Path:
    """A model folder that verifies; what it calls a graph is a few bytes."""
    folder = tmp_path / "model"
    (folder / "saved_model" / "variables").mkdir(parents=True)
    (folder / "saved_model" / "saved_model.pb").write_bytes(b"graph")
    (folder / "saved_model" / "variables" / "variables.index").write_bytes(b"index")
    (folder / "vocabulary.json").write_text("[]")
    (folder / "model.keras").write_bytes(b"keras")
    write_manifest(folder)
    return folder


@pytest.fixture
def versions_folder(tmp_path: Path, write_manifest: Callable[..., Any]) -> Path:
    """A TF Serving folder with versions 2 and 10, and a folder that is no version."""
    root = tmp_path / "export"
    for name in ("2", "10", "notes"):
        (root / name / "variables").mkdir(parents=True)
        (root / name / "saved_model.pb").write_bytes(b"graph")
        (root / name / "variables" / "variables.index").write_bytes(b"index")
        write_manifest(root / name)
    return root


@pytest.fixture(scope="session")
def save_model(write_manifest: Callable[..., Any]) -> Callable[..., Path]:
    """Makes a model folder around a real SavedModel, made with plain TensorFlow."""
    import tensorflow as tf

    class Describer(tf.Module):
        def __init__(self, scale: float) -> None:
            super().__init__()
            self.kernel = tf.Variable([[scale, -scale / 3, 0.1]], dtype=tf.float32)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
        def describe(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
            words = tf.cast(tf.strings.split(text).row_lengths(), tf.int64)
            length = tf.cast(tf.strings.length(text), tf.float32)[:, None]
            return {
                "embedding": length @ self.kernel,
                "known_words": words,
                "words": words,
            }

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
        def half_described(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"embedding": tf.zeros([tf.size(text), DIMENSIONS])}

    def save(
        folder: Path,
        scale: float = 1.0,
        signature: str = "describe",
        function: str = "describe",
        **manifest: Any,
    ) -> Path:
        model = Describer(scale)
        signatures = {signature: getattr(model, function)}
        tf.saved_model.save(model, str(folder / "saved_model"), signatures=signatures)
        write_manifest(folder, **manifest)
        return folder

    return save


@pytest.fixture(scope="session")
def served_model(
    tmp_path_factory: pytest.TempPathFactory, save_model: Callable[..., Path]
) -> Path:
    """A model folder that can be loaded and run."""
    return save_model(tmp_path_factory.mktemp("served") / "model")
