"""Writes a model folder of the present format, for the tests to load ever after.

Once, when `FORMAT_VERSION` has risen, before the release:

    PYTHONPATH=tests python tests/artifact/formats/write.py

makes `tests/artifact/formats/<FORMAT_VERSION>/` with a model, texts and their vectors.
One that is there is never written again: it is what the code of then wrote.
"""

import json
from pathlib import Path

from conftest import small_kate, themed_documents

from kate_keras.artifact.manifest import FORMAT_VERSION

FORMATS = Path(__file__).parent
TEXTS = ["Rocket, moon and ORBIT.", "cheese soup", "", "zebra", "violin moon violin"]


def main() -> None:
    folder = FORMATS / str(FORMAT_VERSION)
    if folder.exists():
        raise SystemExit(f"{folder} is there already; it is left as it is")
    model = small_kate(n_components=4, epochs=5).fit(themed_documents(60)[0])
    model.save(folder / "model")
    content = {"texts": TEXTS, "vectors": model.transform(TEXTS).tolist()}
    (folder / "vectors.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
