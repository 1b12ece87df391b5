"""The corpus of docstrings: of a library made for the test, then of the real one."""

import json
import sys
import sysconfig
from itertools import islice
from pathlib import Path

import pytest

from kate_keras.text import Document, docstrings, read_corpus

LONG = " ".join(f"w{i}" for i in range(20))


def source(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the standard library; there are no packages."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(docstrings, "PACKAGES", ())
    return tmp_path


def documents() -> list[Document]:
    return list(read_corpus("docstrings"))


def test_modules_classes_and_functions_are_named_with_dots(library: Path) -> None:
    source(library, "pack/__init__.py", f'"""{LONG} a"""')
    source(
        library,
        "pack/sub.py",
        f'"""{LONG} b"""\n'
        f'class C:\n    """{LONG} c"""\n'
        f'    async def m(self):\n        """{LONG} d"""\n'
        f'if True:\n    def f():\n        """{LONG} e"""\n'
        f'        def inner():\n            """{LONG} f"""\n',
    )
    source(library, "alone.py", f'def g():\n    """{LONG}\n\n    g\n    """\n')
    assert documents() == [
        Document(f"{LONG}\n\ng", "alone.g", ("alone",)),
        Document(f"{LONG} a", "pack", ("pack",)),
        Document(f"{LONG} b", "pack.sub", ("pack",)),
        Document(f"{LONG} c", "pack.sub.C", ("pack",)),
        Document(f"{LONG} d", "pack.sub.C.m", ("pack",)),
        Document(f"{LONG} e", "pack.sub.f", ("pack",)),
    ]


def test_twenty_words_are_enough_and_nineteen_are_not(library: Path) -> None:
    source(library, "a.py", f'"""{LONG}"""')
    source(library, "b.py", f'"""{LONG.replace("w0 ", "")}"""')
    assert [document.id for document in documents()] == ["a"]


def test_of_equal_texts_and_of_equal_names_the_first_stays(
    library: Path,
) -> None:
    source(library, "_a.py", f'"""{LONG}"""')
    source(
        library,
        "a.py",
        f'"""{LONG}"""\ndef f():\n    """{LONG} 1"""\ndef f():\n    """{LONG} 2"""\n',
    )
    assert [(d.id, d.text) for d in documents()] == [("_a", LONG), ("a.f", f"{LONG} 1")]


def test_tests_and_other_folders_are_left_out(library: Path) -> None:
    for number, folder in enumerate(
        ["test", "p/tests", "idlelib", "lib2to3", "site-packages", "dist-packages", "p"]
    ):
        source(library, f"{folder}/x.py", f'"""{LONG} {number}"""')
    assert [document.id for document in documents()] == ["p.x"]


@pytest.mark.parametrize(
    "text", [f'"""{LONG}', f'"""{LONG}"""\n\0', f'"""{LONG}"""\nprint "2"']
)
def test_files_that_do_not_parse_are_left_out(library: Path, text: str) -> None:
    source(library, "bad.py", text)
    source(library, "good.py", f'"""{LONG} good"""')
    assert [document.id for document in documents()] == ["good"]


def test_docstrings_that_are_not_valid_unicode_are_left_out(library: Path) -> None:
    source(library, "bad.py", f'"""{LONG} \\ud800"""')
    source(library, "good.py", f'"""{LONG}"""')
    assert [document.id for document in documents()] == ["good"]


def test_the_declared_encoding_of_a_file_is_heeded(library: Path) -> None:
    text = f'# -*- coding: latin-1 -*-\n"""{LONG} caf\u00e9"""'
    (library / "a.py").write_bytes(text.encode("latin-1"))
    assert [document.text for document in documents()] == [f"{LONG} caf\u00e9"]


def test_odd_escapes_in_other_peoples_files_give_no_warning(library: Path) -> None:
    source(library, "a.py", f'"""{LONG} \\d"""')
    assert len(documents()) == 1


def test_packages_are_found_and_not_imported(
    library: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = tmp_path_factory.mktemp("site")
    source(elsewhere, "kate_bystander/__init__.py", f'"""{LONG} 1"""\nraise SystemExit')
    source(elsewhere, "kate_bystander/deep/__init__.py", f'"""{LONG} 2"""')
    source(elsewhere, "other/__init__.py", f'"""{LONG} 3"""')
    source(library, "std.py", f'"""{LONG} 4"""')
    monkeypatch.syspath_prepend(str(elsewhere))
    monkeypatch.setattr(docstrings, "PACKAGES", ("kate_absent", "kate_bystander"))
    assert [(document.id, document.labels) for document in documents()] == [
        ("std", ("std",)),
        ("kate_bystander", ("kate_bystander",)),
        ("kate_bystander.deep", ("kate_bystander",)),
    ]
    assert "kate_bystander" not in sys.modules


def test_the_real_library_gives_the_docstrings_python_shows() -> None:
    corpus = read_corpus("docstrings")
    first = {document.id: document for document in islice(corpus, 3000)}
    assert len(first) == 3000
    # Early enough in the alphabet to be among the first.
    document = first["email.message.Message"]
    assert document.labels == ("email",)
    assert document.text.startswith("Basic message object.")
    assert all(len(document.text.split()) >= 20 for document in first.values())
    assert len({document.text for document in first.values()}) == 3000


def test_the_order_is_the_same_every_time() -> None:
    corpus = read_corpus("docstrings")
    once, again = ([d.id for d in islice(corpus, 500)] for _ in range(2))
    assert once == again


def test_what_is_read_of_a_module_is_what_the_module_shows() -> None:
    shown = (json.__doc__ or "").strip()
    corpus = read_corpus("docstrings")
    text = next(document.text for document in corpus if document.id == "json")
    assert text == shown
