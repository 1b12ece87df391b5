"""`python -m serving`: mistakes end in one line and exit status 2."""

import socket

import pytest

from serving.__main__ import main
from serving.server import ServeError, bind
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
        assert name in ("model", "api_keys") or flag_of(name) in text
    assert "--api-keys " not in text
    assert "default 33554432" in text


def test_no_model_is_a_mistake(capsys):
    assert "No model was named" in mistake_of(capsys)


def test_a_bad_flag_is_a_mistake(capsys):
    assert "--port must be a valid integer" in mistake_of(capsys, "m", "--port", "x")


def test_a_bad_variable_is_a_mistake(capsys, monkeypatch):
    monkeypatch.setenv("KATE_THREADS", "many")
    assert "KATE_THREADS must be a valid integer" in mistake_of(capsys, "m")


def test_an_unknown_variable_is_a_mistake(capsys, monkeypatch):
    monkeypatch.setenv("KATE_WORKER", "4")
    assert "KATE_WORKER is not a setting" in mistake_of(capsys, "m")


@pytest.mark.parametrize("flag", ["--worker=2", "--max-doc=2"])
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
    listener, address = bind(Settings(model="m", port=0))
    with listener:
        assert listener.proto == socket.IPPROTO_TCP
        assert address == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_the_address_says_https_where_there_is_a_certificate():
    listener, address = bind(Settings(model="m", port=0, ssl_certfile="c"))
    with listener:
        assert address.startswith("https://")


def test_a_unix_socket_that_nobody_answers_is_taken_over(tmp_path):
    path = tmp_path / "kate.sock"
    for _ in range(2):
        # The first leaves its socket behind, as one that was killed would.
        listener, address = bind(Settings(model="m", uds=path))
        with listener:
            listener.listen()
            assert address == f"unix:{path}"
            assert path.stat().st_mode & 0o777 == 0o660
            with pytest.raises(ServeError, match="kate.sock cannot be listened on"):
                bind(Settings(model="m", uds=path))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_a_public_address_without_a_key_is_a_mistake(capsys, host):
    message = mistake_of(capsys, "m", "--host", host)
    assert f"{host} can be reached from other machines" in message
    assert "KATE_ALLOW_ANONYMOUS=true" in message


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "127.0.0.1"},
        {"host": "127.9.9.9"},
        {"host": "::1"},
        {"host": "localhost"},
        {"host": "0.0.0.0", "allow_anonymous": True},
        {"host": "0.0.0.0", "api_keys": "key"},
        {"host": "0.0.0.0", "api_keys_file": "keys"},
        {"host": "0.0.0.0", "uds": "socket"},
    ],
)
def test_an_address_that_is_private_or_asks_for_a_key_is_fine(settings):
    Settings(model="m", **settings).check_exposure()


def test_an_address_of_another_machine_is_a_mistake(capsys, model_folder):
    argv = ["--host", "192.0.2.1", "--allow-anonymous"]
    message = mistake_of(capsys, model_folder, *argv)
    assert "192.0.2.1:8000 cannot be listened on" in message


def test_a_model_that_tensorflow_cannot_load_is_a_mistake(capsys, model_folder):
    message = mistake_of(capsys, model_folder, "--port", "0")
    assert "cannot load" in message
