"""Finding a model, and refusing every kind of damage with a sentence."""

import json
import re
import shutil

import pytest

from serving.model_folder import ModelFolderError, open_model_folder


def refusal_of(path):
    with pytest.raises(ModelFolderError) as caught:
        open_model_folder(path)
    return str(caught.value)


def test_a_model_folder_is_version_1(model_folder):
    found = open_model_folder(model_folder)
    assert found.version == "1"
    assert found.path == model_folder
    assert found.saved_model == model_folder / "saved_model"
    assert found.manifest.name == "müsli"
    assert found.manifest.dimensions == 3


def test_a_model_folder_named_with_digits_is_version_1_too(model_folder):
    renamed = model_folder.rename(model_folder.with_name("2026"))
    assert open_model_folder(renamed).version == "1"


def test_the_highest_number_wins_not_the_last_name(versions_folder):
    found = open_model_folder(versions_folder)
    assert found.version == "10"
    assert found.saved_model == versions_folder / "10"


def test_a_version_folder_may_be_given_itself(versions_folder):
    assert open_model_folder(versions_folder / "2").version == "2"


def test_a_version_folder_under_another_name_is_version_1(versions_folder):
    assert open_model_folder(versions_folder / "notes").version == "1"


def test_a_path_relative_to_the_version_folder_still_names_it(
    versions_folder, monkeypatch
):
    monkeypatch.chdir(versions_folder / "2")
    assert open_model_folder(versions_folder.__class__(".")).version == "2"


def test_files_that_the_manifest_does_not_list_are_left_alone(model_folder):
    (model_folder / "notes.txt").write_text("mine")
    assert open_model_folder(model_folder).version == "1"


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    assert "is not a folder" in refusal_of(tmp_path / "nothing")


def test_an_empty_folder_is_refused(tmp_path):
    message = refusal_of(tmp_path)
    assert "neither manifest.json nor a numbered version folder" in message
    assert "kate export" in message


def test_a_highest_version_without_manifest_is_refused(versions_folder):
    (versions_folder / "10" / "manifest.json").unlink()
    message = refusal_of(versions_folder)
    assert "10, the highest version, holds no manifest.json" in message


def test_a_manifest_that_is_not_json_is_refused(model_folder):
    (model_folder / "manifest.json").write_bytes(b'{"format": ')
    assert "manifest.json is not JSON" in refusal_of(model_folder)


def test_a_manifest_that_is_not_text_is_refused(model_folder):
    (model_folder / "manifest.json").write_bytes(b"\xff\xfe\xff")
    assert "manifest.json is not JSON" in refusal_of(model_folder)


@pytest.mark.parametrize("content", [[], {}, {"format": "other"}])
def test_a_manifest_of_something_else_is_refused(model_folder, content):
    (model_folder / "manifest.json").write_text(json.dumps(content))
    assert "does not describe a kate_keras model" in refusal_of(model_folder)


def test_a_newer_format_is_refused_before_its_checksum(model_folder, write_manifest):
    write_manifest(model_folder, format_version=4, checksum="made another way")
    message = refusal_of(model_folder)
    assert "written by a newer kate_keras" in message
    assert "Received: 4. Upgrade" in message


@pytest.mark.parametrize("version", [None, "1", 0, True])
def test_a_format_version_that_is_no_version_is_refused(
    model_folder, write_manifest, version
):
    write_manifest(model_folder, format_version=version)
    assert "no usable format_version" in refusal_of(model_folder)


def test_an_edited_manifest_is_refused(model_folder):
    path = model_folder / "manifest.json"
    path.write_text(path.read_text().replace('"f00d"', '"beef"'))
    assert "its checksum does not match" in refusal_of(model_folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [("dimensions", "3"), ("dimensions", 0), ("fingerprint", ""), ("files", [])],
)
def test_a_manifest_with_an_unusable_key_is_refused(
    model_folder, write_manifest, key, value
):
    write_manifest(model_folder, **{key: value})
    assert f"no usable '{key}'" in refusal_of(model_folder)


def test_a_manifest_without_the_graph_is_refused(model_folder, write_manifest):
    write_manifest(model_folder, files={})
    assert "does not list saved_model/saved_model.pb" in refusal_of(model_folder)


@pytest.mark.parametrize("name", ["/etc/hostname", "../outside", "a/../../outside"])
def test_a_manifest_that_points_out_of_the_folder_is_refused(
    model_folder, write_manifest, name
):
    files = write_manifest(model_folder)["files"]
    files[name] = files["model.keras"]
    write_manifest(model_folder, files=files)
    message = refusal_of(model_folder)
    assert f"lists '{name}'. Expected: paths inside the folder" in message


def test_a_model_fitted_on_counts_is_refused(model_folder, write_manifest):
    write_manifest(model_folder, input="counts")
    assert "was fitted on counts, so it cannot read text" in refusal_of(model_folder)


def test_a_missing_file_is_refused(model_folder):
    (model_folder / "saved_model" / "variables" / "variables.index").unlink()
    assert "variables.index is missing" in refusal_of(model_folder)


def test_a_missing_saved_model_is_refused(model_folder):
    shutil.rmtree(model_folder / "saved_model")
    assert "saved_model.pb is missing" in refusal_of(model_folder)


def test_a_file_of_another_size_is_refused(model_folder):
    (model_folder / "model.keras").write_bytes(b"kera")
    message = refusal_of(model_folder)
    assert re.search("model.keras .* Expected: 5 bytes. Received: 4 bytes", message)


def test_a_file_with_one_other_byte_is_refused(model_folder):
    (model_folder / "model.keras").write_bytes(b"kerbs")
    assert "its SHA-256 does not match" in refusal_of(model_folder)
