"""Ways to damage a model folder, and what each reader has to say to it.

The tests and the table take the same list.
"""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from kate_keras.artifact.manifest_fields import LATER

MANIFEST = "manifest.json"
VOCABULARY = "vocabulary.json"
ENCODER = "encoder.npz"
KERAS_MODEL = "model.keras"
GRAPH = "saved_model/saved_model.pb"
INDEX = "saved_model/variables/variables.index"
WEIGHTS = "saved_model/variables/variables.data-00000-of-00001"
FILES = (VOCABULARY, ENCODER, KERAS_MODEL, GRAPH, INDEX, WEIGHTS)
LIGHT_FILES = (VOCABULARY, ENCODER)


@dataclass(frozen=True)
class Damage:
    """A damage.

    Args:
        name: What was done, in words.
        make: Does it to a folder; the second argument is another whole model folder.
        load: What `load` says, as a regular expression; `None`, it does not read what
            is damaged and gives right vectors.
        light: The same of `load(light=True)`.
        service: The same of the service.
    """

    name: str
    make: Callable[[Path, Path], None]
    load: str | None
    light: str | None
    service: str | None


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes a manifest as one who knows how its checksum is made."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del manifest["checksum"]
    change(manifest)
    text = json.dumps(
        manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    manifest["checksum"] = digest
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def seal(folder: Path) -> None:
    """Makes all checksums right for the files that the manifest lists."""

    def change(manifest: dict[str, Any]) -> None:
        for name in manifest["files"]:
            data = (folder / name).read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            manifest["files"][name] = {"bytes": len(data), "sha256": digest}

    rewrite(folder, change)


# === Files that are not those that were saved ===


def _bytes(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return make


def _flip(data: bytes) -> bytes:
    half = len(data) // 2
    return data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]


def _without(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, other: (folder / name).unlink()


def _swapped(name: str) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:
        shutil.copy(other / name, folder / name)

    return make


def _sealed(make: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
    def both(folder: Path, other: Path) -> None:
        make(folder, other)
        seal(folder)

    return both


def _file_damages() -> list[Damage]:
    damages = []
    for name in FILES:
        is_light = name in LIGHT_FILES

        def damage(
            what: str,
            make: Callable[[Path, Path], None],
            says: str,
            served: str,
            name: str = name,
            is_light: bool = is_light,
        ) -> Damage:
            light = says if is_light else None
            return Damage(f"{name}: {what}", make, says, light, served)

        damages += [
            damage("cut", _bytes(name, lambda d: d[:-1]), "bytes, found", "bytes. Rec"),
            damage("a bit flipped", _bytes(name, _flip), "has changed", "SHA-256"),
            damage("missing", _without(name), "is missing", "is missing"),
            damage(
                "another model's",
                _swapped(name),
                "is damaged",
                "is not the file that was exported",
            ),
            damage("a folder", _as_folder(name), "is not a file", "is not a file"),
            damage("a link", _as_link(name), "symbolic link", "symbolic link"),
        ]
    return damages


def _as_folder(name: str) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        (folder / name).unlink()
        (folder / name).mkdir()

    return make


def _as_link(name: str) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        outside = folder.with_name(f"{folder.name}-outside")
        outside.mkdir(exist_ok=True)
        (folder / name).rename(outside / "file")
        (folder / name).symlink_to(outside / "file")

    return make


def _added(name: str) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"added")

    return make


def _linked_folder(folder: Path, other: Path) -> None:  # noqa: ARG001
    outside = folder.with_name(f"{folder.name}-outside")
    (folder / "saved_model").rename(outside)
    (folder / "saved_model").symlink_to(outside)


ADDED = "no part of the model"
FOLDERS = [
    Damage(f"added: {name}", _added(name), ADDED, None, ADDED)
    for name in (
        "saved_model/saved_model.cpb",
        "saved_model/assets/words.txt",
        "saved_model/variables/variables.data-00001-of-00002",
    )
] + [
    Damage(
        "saved_model: a link to a folder",
        _linked_folder,
        "symbolic link",
        None,
        "symbolic link",
    ),
    Damage(
        "manifest.json: a link",
        _as_link(MANIFEST),
        "symbolic link",
        "symbolic link",
        "symbolic link",
    ),
]

# === The manifest ===


def _text(text: str | bytes) -> Callable[[Path, Path], None]:
    data = text.encode() if isinstance(text, str) else text
    return lambda folder, other: (folder / MANIFEST).write_bytes(data) and None


def _twice(folder: Path, other: Path) -> None:  # noqa: ARG001
    text = (folder / MANIFEST).read_text(encoding="utf-8").rstrip()
    (folder / MANIFEST).write_text(
        text.removesuffix("}") + ', "input": "counts"}', encoding="utf-8"
    )


def _entry(name: str, value: Any) -> Callable[[Path, Path], None]:
    return lambda folder, other: rewrite(folder, lambda m: m.update({name: value}))


def _no_entry(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, other: rewrite(folder, lambda m: m.pop(name))


def _listed(name: str) -> Callable[[Path, Path], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["files"][name] = manifest["files"][VOCABULARY]

    return lambda folder, other: rewrite(folder, change)


def _unlisted(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, other: rewrite(folder, lambda m: m["files"].pop(name))


def _manifest(
    what: str, make: Callable[[Path, Path], None], says: str, served: str | None
) -> Damage:
    return Damage(f"{MANIFEST}: {what}", make, says, says, served)


STRICT, JSON = "not strict JSON", "is not JSON"
WRONG_VALUES: dict[str, list[Any]] = {
    "name": ["", 7, "a\nb"],
    "created": [None],
    "versions": [[], {"keras": 3}],
    "fingerprint": ["f00d\r\nSet-Cookie: a=b", None, "0" * 63],
    "dimensions": ["6", 6.0, 0, True, float("nan")],
    "vocabulary_size": [-1, None],
    "input": ["words", ["texts"]],
    "options": [[], {}],
    "corpus": ["", {"documents": "many"}],
    "metrics": [None],
    "history": [{}, {"loss": []}],
    "updates": [{}, [{"history": {}}]],
    "activation_statistics": [[], {"documents": 3, "mean": [0.1], "sd": "0.2"}],
    "files": [[], {VOCABULARY: {"bytes": -1, "sha256": "0" * 64}}, {VOCABULARY: 1}],
}
# What the service has no use for.
UNSERVED = {
    "created",
    "options",
    "corpus",
    "metrics",
    "history",
    "updates",
    "activation_statistics",
}
MANIFESTS = [
    _manifest("missing", _without(MANIFEST), "no manifest.json", "neither manifest"),
    _manifest("empty", _text(""), STRICT, JSON),
    _manifest("cut", _bytes(MANIFEST, lambda d: d[: len(d) // 2]), STRICT, JSON),
    _manifest("not UTF-8", _text(b'{"format": "\xff"}'), STRICT, JSON),
    _manifest("a list", _text("[1]"), "but of type list", "does not describe"),
    _manifest("a number", _text("1"), "but of type int", "does not describe"),
    _manifest("a name twice", _twice, STRICT, JSON),
    _manifest("100,000 lists in lists", _text("[" * 100_000), STRICT, JSON),
    _manifest("17 MB", _text(" " * 17_000_000), "at most 16777216", "too long"),
    _manifest(
        "of another program",
        _text('{"name": "my web app"}'),
        "does not describe",
        "does not describe",
    ),
    _manifest(
        "edited",
        _bytes(MANIFEST, lambda d: d.replace(b'"texts"', b'"words"')),
        "checksum does not match",
        "checksum does not match",
    ),
    _manifest(
        "another model's", _swapped(MANIFEST), "is damaged", "not the file that was"
    ),
    _manifest(
        "format version 4", _entry("format_version", 4), "Upgrade", "Upgrade kate"
    ),
    *(
        _manifest(
            f"format version {value!r}",
            _entry("format_version", value),
            "does not describe",
            "no usable format_version",
        )
        for value in (0, "1", True, None)
    ),
    *(
        _manifest(
            f"without {name}",
            _no_entry(name),
            f"has no `{name}`",
            None if name in UNSERVED | {"input"} else f"no usable '{name}",
        )
        for name in WRONG_VALUES
        if name not in LATER
    ),
    *(
        _manifest(
            f"{name} {value!r:.40}",
            _entry(name, value),
            f"`{name}` must be",
            None
            if name in UNSERVED or value == "0" * 63
            else "was fitted on words"
            if value == "words"
            else f"no usable '{name}",
        )
        for name, values in WRONG_VALUES.items()
        for value in values
    ),
    *(
        _manifest(
            f"lists {name}",
            _listed(name),
            "expected plain names",
            "Expected: paths inside",
        )
        for name in ("../outside", "/etc/hostname", "a/../b", "a\\b", "./b", "C:b")
    ),
    *(
        Damage(
            f"{MANIFEST}: does not list {name}",
            _unlisted(name),
            f"no {name}",
            f"no {name}" if name in LIGHT_FILES else None,
            None,
        )
        for name in (VOCABULARY, ENCODER, KERAS_MODEL)
        if name != ENCODER
    ),
    Damage(
        f"{MANIFEST}: does not list {ENCODER}",
        _unlisted(ENCODER),
        None,
        f"no {ENCODER}",
        None,
    ),
    Damage(
        f"{MANIFEST}: does not list {GRAPH}",
        _unlisted(GRAPH),
        ADDED,
        None,
        "does not list",
    ),
]

# === Right checksums, wrong content ===


def _words(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        path = folder / VOCABULARY
        data = json.loads(path.read_text(encoding="utf-8"))
        changed = change(data)
        path.write_text(json.dumps(data if changed is None else changed))
        seal(folder)

    return make


def _vocabulary(
    what: str, make: Callable[[Path, Path], None], says: str, light: str | None
) -> Damage:
    return Damage(f"{VOCABULARY}, right checksum: {what}", make, says, light, None)


VOCABULARIES = [
    _vocabulary(what, make, says, says)
    for what, make, says in (
        ("not JSON", _sealed(_bytes(VOCABULARY, lambda d: d[:-9])), STRICT),
        ("a list", _words(lambda d: d["words"]), "expected an object of"),
        ("without forms", _words(lambda d: d.pop("forms") and d), "an object of"),
        (
            "a word twice",
            _words(lambda d: d["words"].__setitem__(0, d["words"][1])),
            "`words` must be",
        ),
        (
            "a number for a word",
            _words(lambda d: d["words"].__setitem__(0, 1)),
            "`words` must be",
        ),
        (
            "half a surrogate pair",
            _words(lambda d: d["words"].__setitem__(0, "\ud800")),
            "`words` must be",
        ),
        ("an id too high", _words(lambda d: d["forms"].update(zzz=9999)), "`forms`"),
        ("an id below 0", _words(lambda d: d["forms"].update(zzz=-1)), "`forms`"),
        (
            "a frequency above the documents",
            _words(lambda d: d["document_frequency"].__setitem__(0, 10**9)),
            "`document_frequency`",
        ),
        ("documents -1", _words(lambda d: d.update(n_documents=-1)), "`n_documents`"),
        (
            "a word too many",
            _words(
                lambda d: d["words"].append("zzz") or d["document_frequency"].append(1)
            ),
            "words, found",
        ),
    )
] + [
    _vocabulary(
        "two words changed for each other",
        _words(lambda d: d["words"].insert(0, d["words"].pop(1))),
        "expected fingerprint",
        # It has not all the weights, so it cannot tell.
        None,
    ),
]


def _arrays(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path, Path], None]:
    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        path = folder / ENCODER
        with np.load(path, allow_pickle=False) as archive:
            arrays = dict(archive)
        change(arrays)
        np.savez(path, **arrays)
        seal(folder)

    return make


def _members(
    name: str, change: Callable[[dict[str, bytes]], Any], **how: Any
) -> Callable[[Path, Path], None]:
    """Writes an archive anew, with its members changed."""

    def make(folder: Path, other: Path) -> None:  # noqa: ARG001
        path = folder / name
        with zipfile.ZipFile(path) as archive:
            members = {member: archive.read(member) for member in archive.namelist()}
        change(members)
        with zipfile.ZipFile(path, "w", **how) as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        seal(folder)

    return make


def _huge(folder: Path, other: Path) -> None:  # noqa: ARG001
    """An array whose header tells of a terabyte."""

    def change(members: dict[str, bytes]) -> None:
        with io.BytesIO() as file:
            np.lib.format.write_array_header_1_0(
                file,
                {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**6)},
            )
            members["kernel.npy"] = file.getvalue()

    _members(ENCODER, change)(folder, other)


def _pickled(folder: Path, other: Path) -> None:
    def change(arrays: dict[str, Any]) -> None:
        arrays["mean"] = np.array([{}] * len(arrays["mean"]), object)

    _arrays(change)(folder, other)


def _encoder(what: str, make: Callable[[Path, Path], None], says: str) -> Damage:
    return Damage(f"{ENCODER}, right checksum: {what}", make, says, says, None)


ENCODERS = [
    _encoder("an object array (pickle)", _pickled, "and kind 'f', found .* object"),
    _encoder(
        "not an archive", _sealed(_bytes(ENCODER, lambda d: b"x" * len(d))), "not a zip"
    ),
    _encoder(
        "cut, and so without a directory",
        _sealed(_bytes(ENCODER, lambda d: d[: len(d) // 2])),
        "cannot be read",
    ),
    _encoder(
        "a kernel of another shape",
        _arrays(lambda a: a.update(kernel=a["kernel"].T)),
        "must be of shape",
    ),
    _encoder(
        "ends of topics of another shape",
        _arrays(lambda a: a.update(topic_ends=a["topic_ends"][0])),
        "must be of shape",
    ),
    _encoder("no kernel", _arrays(lambda a: a.pop("kernel")), "is not complete"),
    _encoder("no activation", _arrays(lambda a: a.pop("activation")), "not complete"),
    Damage(
        f"{ENCODER}, right checksum: an activation of another name",
        _arrays(lambda a: a.update(activation=np.array("os.system"))),
        # The whole model has its own.
        None,
        "has the `activation` 'os.system'",
        None,
    ),
    Damage(
        f"{ENCODER}, right checksum: a read-out of something else",
        _arrays(lambda a: a.update(read=np.array("os.system"))),
        # As above.
        None,
        "has the `read` 'os.system'",
        None,
    ),
    _encoder(
        "a value that is not finite",
        _arrays(lambda a: a["kernel"].fill(np.nan)),
        "values not finite",
    ),
    _encoder("another member", _arrays(lambda a: a.update(more=a["bias"])), "'more."),
    _encoder(
        "compressed",
        _members(ENCODER, lambda m: None, compression=zipfile.ZIP_DEFLATED),
        "compressed or encrypted",
    ),
    _encoder("a terabyte by its header", _huge, "must be of shape"),
    _encoder(
        "shorter than its header",
        _members(ENCODER, lambda m: m.update({"bias.npy": m["bias.npy"][:-4]})),
        "not as long as it says",
    ),
]


def _config(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path, Path], None]:
    def both(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        change(config)
        members["config.json"] = json.dumps(config).encode()

    return _members(KERAS_MODEL, both)


def _hdf5(change: Callable[[h5py.File], Any]) -> Callable[[Path, Path], None]:
    def both(members: dict[str, bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "weights")
            path.write_bytes(members["model.weights.h5"])
            with h5py.File(path, "a") as weights:
                change(weights)
            members["model.weights.h5"] = path.read_bytes()

    return _members(KERAS_MODEL, both)


def _linked_member(folder: Path, other: Path) -> None:  # noqa: ARG001
    path = folder / KERAS_MODEL
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, data)
    seal(folder)


BIAS = "layers/tied_dense/vars/1"


def _weight(make: Callable[[h5py.File, str], Any]) -> Callable[[Path, Path], None]:
    """Puts something else in the place of a weight."""

    def change(weights: h5py.File) -> None:
        del weights[BIAS]
        make(weights, BIAS)

    return _hdf5(change)


def _virtual(weights: h5py.File, name: str) -> None:
    layout = h5py.VirtualLayout((6,), "f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "a", (6,))
    weights.create_virtual_dataset(name, layout)


def _lambda() -> dict[str, Any]:
    import keras

    layer = keras.layers.Lambda(lambda x: x)
    model = keras.Sequential([keras.Input((24,)), layer])
    config: dict[str, Any] = keras.saving.serialize_keras_object(model)
    return config


def _replaced(config: dict[str, Any], by: dict[str, Any]) -> None:
    config.clear()
    config.update(by)


def _with_hidden_units(config: dict[str, Any]) -> None:
    config["class_name"] = "VariationalAutoencoder"
    config["registered_name"] = "kate_keras>VariationalAutoencoder"
    for name in ("k", "alpha", "inference"):
        del config["config"][name]
    config["config"]["n_hidden"] = 10**12


CLOSED, PLAIN, ODD = "expected one of the models", "plain values of", "as a link"
# A module that can be imported and that nothing else imports.
UNLUCKY = "this"
KERAS_MODELS = [
    Damage(f"{KERAS_MODEL}, right checksum: {what}", make, says, None, None)
    for what, make, says in (
        ("not an archive", _sealed(_bytes(KERAS_MODEL, lambda d: b"x" * 99)), "a zip"),
        (
            "a member ../evil",
            _members(KERAS_MODEL, lambda m: m.update({"../evil": b""})),
            "holds '../evil'",
        ),
        (
            "a member assets/words",
            _members(KERAS_MODEL, lambda m: m.update({"assets/words": b""})),
            "holds 'assets/words'",
        ),
        ("links for members", _linked_member, "as a symbolic link"),
        (
            "compressed",
            _members(KERAS_MODEL, lambda m: None, compression=zipfile.ZIP_DEFLATED),
            "compressed or encrypted",
        ),
        (
            "no weights",
            _members(KERAS_MODEL, lambda m: m.pop("model.weights.h5")),
            "holds no model.weights.h5",
        ),
        ("a Lambda layer", _config(lambda c: _replaced(c, _lambda())), CLOSED),
        (
            "a Python function in bytecode",
            _config(
                lambda c: c.update(class_name="__lambda__", config={"value": "4wAAAA"})
            ),
            CLOSED,
        ),
        (
            "the class of another module",
            _config(
                lambda c: c.update(
                    module=UNLUCKY, class_name="Zen", registered_name="Zen"
                )
            ),
            CLOSED,
        ),
        (
            "our class, in another module",
            _config(lambda c: c.update(module=UNLUCKY)),
            CLOSED,
        ),
        (
            "a function",
            _config(
                lambda c: c.update(module="os", class_name="function", config="system")
            ),
            CLOSED,
        ),
        (
            "a layer of ours, not a model",
            _config(
                lambda c: c.update(
                    class_name="KSparse", registered_name="kate_keras>KSparse"
                )
            ),
            CLOSED,
        ),
        (
            "an object for an option",
            _config(lambda c: c["config"].update(weighting=_lambda())),
            PLAIN,
        ),
        ("a list", _config(lambda c: c.update(config=[])), "has no options"),
        (
            "an option of another name",
            _config(lambda c: c["config"].update(os="system")),
            PLAIN,
        ),
        (
            "10**12 words",
            _config(lambda c: c["config"].update(vocabulary_size=10**12)),
            "not what the manifest says",
        ),
        (
            "10**12 hidden units",
            _config(_with_hidden_units),
            "hidden units",
        ),
        (
            "weights that are no HDF5",
            _members(
                KERAS_MODEL, lambda m: m.update({"model.weights.h5": b"x" * 9999})
            ),
            "cannot be read",
        ),
        (
            "half of the weights' file",
            _members(
                KERAS_MODEL,
                lambda m: m.update(
                    {"model.weights.h5": m["model.weights.h5"][: 1 << 14]}
                ),
            ),
            "cannot be read",
        ),
        ("a weight missing", _weight(lambda w, n: None), "cannot be read"),
        (
            "a weight of another shape",
            _weight(lambda w, n: w.create_dataset(n, data=np.zeros(7, "f4"))),
            "cannot be read",
        ),
        (
            "a weight in another file",
            _weight(
                lambda w, n: w.__setitem__(n, h5py.ExternalLink("/etc/hostname", "a"))
            ),
            ODD,
        ),
        (
            "a weight in the bytes of another file",
            _weight(
                lambda w, n: w.create_dataset(
                    n, (6,), "f4", external=[("/etc/passwd", 0, 24)]
                )
            ),
            ODD,
        ),
        ("a weight of other files' parts", _weight(_virtual), ODD),
        (
            "a weight of a terabyte, none of it written",
            _weight(
                lambda w, n: w.create_dataset(n, (10**6, 10**6), "f4", chunks=True)
            ),
            ODD,
        ),
        (
            "other weights",
            _weight(lambda w, n: w.create_dataset(n, data=np.zeros(6, "f4"))),
            "expected fingerprint",
        ),
        ("another model's", _sealed(_swapped(KERAS_MODEL)), "fingerprint|the manifest"),
    )
]
GRAPHS = [
    Damage(
        f"{GRAPH}, right checksum: not a graph",
        _sealed(_bytes(GRAPH, lambda d: b"x" * len(d))),
        None,
        None,
        "cannot load",
    ),
]
OPTIONS = [
    Damage(
        f"{MANIFEST}: an option out of its range",
        lambda folder, other: rewrite(folder, lambda m: m["options"].update(k=0)),
        "expected fingerprint",
        None,
        None,
    ),
]
DAMAGES = [
    *_file_damages(),
    *FOLDERS,
    *MANIFESTS,
    *OPTIONS,
    *VOCABULARIES,
    *ENCODERS,
    *KERAS_MODELS,
    *GRAPHS,
]


def damaged_copy(damage: Damage, folder: Path, other: Path, work: Path) -> Path:
    """Returns a damaged copy of a model folder.

    Args:
        damage: What is done to it.
        folder: Model folder of 6 components.
        other: Another one.
        work: Folder for the copy; an earlier copy in it goes.
    """
    copy = work / "model"
    for path in (copy, work / "model-outside"):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(folder, copy)
    damage.make(copy, other)
    return copy


def without_paths(message: str, *folders: Path) -> str:
    """Returns a message in which the folders are named by their last part."""
    for folder in folders:
        for path in (os.fspath(folder), os.path.realpath(folder)):
            message = message.replace(f"{path}{os.sep}", "").replace(path, folder.name)
    return re.sub(r"\s+", " ", message).strip()
