"""`kate demo`: the whole job on documents that every installation has."""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from kate_keras.artifact.folders import check_folder_target
from kate_keras.cli.options import positive, seed
from kate_keras.cli.standard_streams import say
from kate_keras.errors import InputError
from kate_keras.estimator import KATE
from kate_keras.text import Document, read_corpus

# Whatever proxy the environment names: it would look for the service on itself.
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
QUERIES = ["matrix", "file", "thread"]
POSTED = [
    "Compute the eigenvalues of a symmetric matrix.",
    "Open a socket and wait for a connection from a client.",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate demo`."""
    parser.add_argument(
        "-o", "--output", metavar="MODEL", type=Path, default="kate-demo"
    )
    parser.add_argument("--n-components", type=positive, default=64)
    parser.add_argument("--max-features", type=positive, default=5000)
    parser.add_argument("--epochs", type=positive)
    parser.add_argument("--random-state", type=seed, default=0)


def run(options: argparse.Namespace) -> None:
    """Trains, reads, saves, serves and asks."""
    check_folder_target(options.output)
    _title("1. Reading the docstrings of the standard library and installed packages")
    documents = list(read_corpus("docstrings"))
    packages = {document.labels[0] for document in documents}
    print(f"{len(documents)} documents of {len(packages)} packages")

    _title("2. Training")
    model = KATE(
        n_components=options.n_components,
        max_features=options.max_features,
        epochs=options.epochs,
        random_state=options.random_state,
    )
    vectors = model.fit_transform([document.text for document in documents])
    model.save(options.output)
    print(
        f"{len(model.vocabulary_)} words, {model.n_components} topics, "
        f"{len(model.history_['loss'])} epochs; saved to {options.output}"
    )

    _title("3. Topics: words that raise (+) and lower (-) a unit")
    print(*model.topics(n_words=8)[:8], sep="\n")
    _title("4. Nearest words")
    for word in QUERIES:
        if word in model.vocabulary_:
            nearest = " ".join(w for w, _ in model.similar_words(word, 6))
            print(f"{word:10} {nearest}")
    _title("5. Nearest documents")
    _print_neighbours(documents, vectors)
    _title("6. Served: POST /encode")
    _serve_and_ask(options.output, model)
    _title("What to do next")
    print(f"kate topics {options.output}           all topics")
    print(f'kate explain {options.output} "some text"   which words drive its vector')
    print("kate train YOUR_CORPUS -o MODEL   the same for your own documents")
    print(f"kate serve {options.output}            the service, until Ctrl-C; its page")
    print("                                  at http://127.0.0.1:8000 shows the model")


def _title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def _print_neighbours(documents: list[Document], vectors: np.ndarray) -> None:
    names = [document.id for document in documents]
    query = names.index("json.loads") if "json.loads" in names else 0
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosines = unit @ unit[query]
    cosines[query] = -1
    print(f"of {names[query]}:")
    for index in np.argsort(-cosines)[:5]:
        print(f"  {cosines[index]:.2f}  {names[index]}")


def _serve_and_ask(folder: Path, model: KATE) -> None:
    body = json.dumps({"documents": POSTED})
    with running_service(folder) as address:
        request = urllib.request.Request(
            f"{address}/encode",
            body.encode(),
            {"Content-Type": "application/json"},
        )
        with LOCAL.open(request, timeout=30) as response:
            answer = json.load(response)
    vectors = np.array(answer["embeddings"], np.float32)
    difference = np.abs(vectors - model.transform(POSTED)).max()
    answer["embeddings"] = [
        f"{row[0]:.4f}, {row[1]:.4f}, … {len(row)} numbers" for row in vectors
    ]
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    print(f"largest difference to Python's transform: {difference:g}")
    print(f"\nto repeat it, run   kate serve {folder}   and in another terminal")
    print(
        "curl -s http://127.0.0.1:8000/encode -H 'Content-Type: application/json' "
        f"-d '{body}'"
    )


@contextmanager
def running_service(folder: Path) -> Iterator[str]:
    """Runs the service on a free loopback port while the block lasts.

    Args:
        folder: Model folder.

    Yields:
        The address, `http://127.0.0.1:PORT`.

    Raises:
        InputError: If the service does not become ready.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "serving", str(folder), "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KATE_")}
    process = subprocess.Popen(  # noqa: S603
        [*command, "--log-level", "warning"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, address)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _wait_until_ready(process: subprocess.Popen[str], address: str) -> None:
    say(f"starting the service on {address}")
    for _ in range(300):
        if process.poll() is not None:
            printed = process.communicate()[0].strip().splitlines()
            reason = printed[-1] if printed else f"exit status {process.returncode}"
            raise InputError(f"The service did not start: {reason}")
        try:
            with LOCAL.open(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise InputError("The service did not become ready within a minute.")
