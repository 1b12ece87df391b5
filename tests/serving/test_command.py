"""`python -m serving`: mistakes end in one line and exit status 2."""

import socket

import pytest

from serving.__main__ import _bind, main
from serving.settings import Settings, flag_of, variable_of


@pytest.fixture(autouse=True)
def no_settings_in_the_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)


def mistake_of(capsys, *argv, **options):
    with pytest.raises(SystemExit) as caught:
        main([str(word) for word in argv], **options)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err


def test_help_names_every_flag_and_variable(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for name in Settings.model_fields:
        assert variable_of(name) in text
        assert name == "model" or flag_of(name) in text
    assert "default 33554432" in text


def test_no_model_is_a_mistake(capsys):
    assert "No model was named" in mistake_of(capsys)


def test_a_bad_flag_is_a_mistake(capsys):
    assert "--port must be a valid integer" in mistake_of(capsys, "m", "--port", "x")


def test_a_bad_variable_is_a_mistake(capsys, monkeypatch):
    monkeypatch.setenv("KATE_THREADS", "many")
    assert "KATE_THREADS must be a valid integer" in mistake_of(capsys, "m")


def test_an_unknown_variable_is_a_mistake(capsys, monkeypatch):
    monkeypatch.setenv("KATE_WORKERS", "4")
    assert "KATE_WORKERS is not a setting" in mistake_of(capsys, "m")


@pytest.mark.parametrize("flag", ["--workers=2", "--max-doc=2"])
def test_an_unknown_or_shortened_flag_is_a_mistake(capsys, flag):
    assert flag in mistake_of(capsys, "m", flag)


def test_a_folder_without_a_model_is_a_mistake(capsys, tmp_path):
    assert "neither manifest.json" in mistake_of(capsys, tmp_path)


def test_another_program_may_lend_its_name(capsys, tmp_path):
    message = mistake_of(capsys, tmp_path / "x", prog="kate serve")
    assert message.startswith("kate serve: error: ")


def test_a_port_in_use_is_a_mistake(capsys, model_folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = mistake_of(capsys, model_folder, "--port", port)
    assert f"127.0.0.1:{port} cannot be listened on" in message
    assert "--port 0" in message


def test_small_answers_are_not_delayed():
    with _bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_an_address_of_another_machine_is_a_mistake(capsys, model_folder):
    message = mistake_of(capsys, model_folder, "--host", "192.0.2.1")
    assert "192.0.2.1:8000 cannot be listened on" in message


def test_a_model_that_tensorflow_cannot_load_is_a_mistake(capsys, model_folder):
    message = mistake_of(capsys, model_folder, "--port", "0")
    assert "cannot load" in message
