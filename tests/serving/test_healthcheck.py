"""The image's health check, over whatever the service listens on."""

import socket
import subprocess
import threading

import pytest
import uvicorn

from serving import healthcheck
from serving.app import create_app
from serving.server import bind
from serving.settings import Settings, variable_of


@pytest.fixture
def run(engine):
    """Serves the app as the settings say; gives the port."""
    servers = []

    def run(**settings):
        chosen = Settings(model="unused", port=0, poll_seconds=0, **settings)
        listener, _ = bind(chosen)
        config = uvicorn.Config(
            create_app(chosen, engine),
            log_config=None,
            ssl_certfile=chosen.ssl_certfile,
            ssl_keyfile=chosen.ssl_keyfile,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        thread.start()
        servers.append((server, thread))
        while not server.started:
            thread.join(0.01)
        name = listener.getsockname()
        return name if isinstance(name, str) else name[1]

    yield run
    for server, thread in servers:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)


def test_http(run, monkeypatch, engine, capsys):
    monkeypatch.setenv("KATE_PORT", str(run()))
    assert healthcheck.main() == 0

    async def fails(_):
        raise RuntimeError

    engine.encode = fails
    assert healthcheck.main() == 1
    assert capsys.readouterr().err == "not ready: status 503\n"


def test_a_unix_socket(run, monkeypatch, tmp_path):
    path = tmp_path / "kate.sock"
    run(uds=path)
    monkeypatch.setenv("KATE_UDS", str(path))
    assert healthcheck.main() == 0


def test_https(run, monkeypatch, tmp_path):
    files = {"ssl_certfile": tmp_path / "cert", "ssl_keyfile": tmp_path / "key"}
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=kate.example "
        f"-out {files['ssl_certfile']} -keyout {files['ssl_keyfile']}"
    )
    try:
        subprocess.run(command.split(), check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl makes the certificate, and is not installed")
    monkeypatch.setenv("KATE_PORT", str(run(**files)))
    assert healthcheck.main() == 1
    monkeypatch.setenv("KATE_SSL_CERTFILE", str(files["ssl_certfile"]))
    assert healthcheck.main() == 0


def test_nobody_there(monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as unanswered:
        free = unanswered.getsockname()[1]
    monkeypatch.setenv("KATE_PORT", str(free))
    assert healthcheck.main() == 1
    assert capsys.readouterr().err.startswith("not ready: ")
