"""Running commands in this process, and a corpus for them."""

import json

from conftest import themed_documents

from kate_keras.cli import main

SMALL = ["--n-components", "6", "--k", "2", "--epochs", "2", "--quiet"]


def write_corpus(path, n_documents=240, seed=0):
    texts, labels = themed_documents(n_documents, seed)
    with path.open("w", encoding="utf-8") as file:
        for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
            line = {"id": f"d{index}", "text": text, "labels": [label]}
            file.write(json.dumps(line) + "\n")
    return path


def run_json(capsys, *arguments):
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def fails(capsys, *arguments):
    """Runs a mistake: status 2, one line on stderr, nothing on stdout."""
    try:
        status = main([*map(str, arguments)])
    except SystemExit as stop:
        status = stop.code
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    (line,) = [x for x in captured.err.splitlines() if not x.startswith("reading ")]
    return line
