"""Every damage of a model folder is refused with one sentence, by every way in."""

import json
import re
import shutil
import sys

import numpy as np
import pytest
from conftest import small_kate

from benchmarks.reliability.damaged import TEXT, measure, render
from benchmarks.reliability.damages import (
    DAMAGES,
    KERAS_MODELS,
    LIGHT_FILES,
    UNLUCKY,
    Damage,
    damaged_copy,
    rewrite,
)
from kate_keras import InputError, load
from kate_keras.artifact.identity import fingerprint
from kate_keras.artifact.keras_archive import CLASSES
from kate_keras.artifact.manifest import MOST_BYTES
from kate_keras.artifact.manifest_fields import LATER
from kate_keras.cli import main
from serving.model_folder import ModelFolderError, open_model_folder


@pytest.fixture(scope="module")
def other(tmp_path_factory, themed):
    folder = tmp_path_factory.mktemp("others") / "other"
    small_kate(n_components=5, epochs=1).fit(themed[0][:60]).save(folder)
    return folder


@pytest.fixture(params=DAMAGES, ids=lambda damage: damage.name)
def damage(request):
    return request.param


@pytest.fixture
def damaged(damage, model_folder, other, tmp_path):
    return damaged_copy(damage, model_folder, other, tmp_path)


@pytest.fixture
def copy(model_folder, tmp_path):
    return shutil.copytree(model_folder, tmp_path / "copy")


def one_sentence(message):
    assert "\n" not in message
    assert len(message) < 700
    return message


@pytest.mark.parametrize("light", [False, True], ids=["load", "light"])
def test_python_refuses_it_or_does_not_read_it(damage, damaged, model, light):
    expected = damage.light if light else damage.load
    if expected is None:
        vectors = load(damaged, light=light).transform([TEXT])
        np.testing.assert_allclose(vectors, model.transform([TEXT]), atol=1e-5)
        return
    with pytest.raises(InputError) as caught:
        load(damaged, light=light)
    assert re.search(expected, one_sentence(str(caught.value)))


def test_the_service_refuses_it_or_does_not_read_it(damage, damaged):
    # What TensorFlow says of a graph that is none, tests/serving knows.
    if damage.service is None or damage.service == "cannot load":
        assert open_model_folder(damaged).version == "1"
        return
    with pytest.raises(ModelFolderError) as caught:
        open_model_folder(damaged)
    assert re.search(damage.service, one_sentence(str(caught.value)))


@pytest.mark.parametrize(
    "damage", [d for d in DAMAGES if d.load is not None], ids=lambda d: d.name
)
def test_the_command_line_ends_with_one_line(damage, damaged, capsys):
    assert main(["explain", str(damaged), TEXT]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert re.search(damage.load, said.err)


def test_there_is_a_damage_for_every_file_and_every_entry(model_folder):
    names = " ".join(damage.name for damage in DAMAGES)
    manifest = json.loads((model_folder / "manifest.json").read_text())
    for entry in manifest.keys() - {"format", "format_version", "checksum"}:
        assert f"without {entry}" in names or entry in LATER
    for light in LIGHT_FILES:
        assert f"{light}: a bit flipped" in names
    assert len({damage.name for damage in DAMAGES}) == len(DAMAGES)


def test_the_list_of_classes_is_closed_and_whole():
    # A model that is added is added here too.
    assert set(CLASSES) == {
        "ContractiveAutoencoder",
        "DeepKATEAutoencoder",
        "DenoisingAutoencoder",
        "KATEAutoencoder",
        "KSparseAutoencoder",
        "PlainAutoencoder",
        "VariationalAutoencoder",
    }


def test_nothing_that_a_keras_file_names_is_imported(model_folder, other, tmp_path):
    named = [damage for damage in KERAS_MODELS if "another module" in damage.name]
    assert len(named) == 2
    for damage in named:
        assert UNLUCKY not in sys.modules
        copy = damaged_copy(damage, model_folder, other, tmp_path)
        with pytest.raises(InputError, match="Nothing of it was loaded"):
            load(copy)
        assert UNLUCKY not in sys.modules


def test_options_of_no_training_are_refused_with_their_own_fingerprint(model, copy):
    for name, value, says in (
        ("k", 0, "`k` must be"),
        ("variant", "os.system", "`variant` must be one of"),
        ("validation_fraction", "x", "options that no training takes"),
        ("alpha", -1.0, "`alpha` must be"),
    ):
        options = {**model.options_, name: value}
        digest = fingerprint(model.autoencoder_, model.vocabulary_, options)
        rewrite(copy, lambda m, o=options, d=digest: m.update(options=o, fingerprint=d))
        with pytest.raises(InputError, match=says):
            load(copy)


def test_a_manifest_may_be_as_long_as_it_says(copy):
    path = copy / "manifest.json"
    text = path.read_text()
    path.write_text(text + " " * (MOST_BYTES - len(text.encode())))
    assert load(copy, light=True).n_components == 6
    assert open_model_folder(copy).version == "1"
    path.write_text(text + " " * (MOST_BYTES - len(text.encode()) + 1))
    with pytest.raises(InputError, match=f"at most {MOST_BYTES} bytes"):
        load(copy, light=True)
    with pytest.raises(ModelFolderError, match="too long for a manifest"):
        open_model_folder(copy)


def test_what_others_put_beside_the_model_is_left_alone(copy):
    (copy / "notes.txt").write_text("mine")
    assert load(copy).n_components == 6
    assert open_model_folder(copy).version == "1"


def test_the_table_has_a_row_per_damage_and_way_in(model_folder, other):
    some = [d for d in DAMAGES if d.name.startswith("encoder.npz: ")][:2]
    rows = measure(model_folder, other, some)
    assert [row["interface"] for row in rows] == ["load", "light", "cli", "service"] * 2
    assert {row["outcome"] for row in rows} == {"refused"}
    assert rows[0]["message"].startswith("encoder.npz is damaged: expected ")
    assert rows[2]["message"].startswith("kate encode: ")
    lines = render(rows)
    assert lines[0].startswith("2 damages by 4 ways in")
    assert "8 refused with a sentence, 0 not read" in lines[0]
    assert len(lines) == 4 + 8
    assert lines[4] == f"| encoder.npz: cut | load | {rows[0]['message']} |"


def test_the_table_tells_a_wrong_vector(model_folder, other):
    def replace(folder, other):
        shutil.rmtree(folder)
        shutil.copytree(other, folder)

    swapped = Damage("the whole folder", replace, None, None, None)
    rows = measure(model_folder, other, [swapped])
    assert {row["outcome"] for row in rows} == {"wrong"}
    assert (
        "0 not read by this way in, which gives the right vectors, 4 with wrong"
        in (render(rows)[0])
    )
