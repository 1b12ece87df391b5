"""Where work is given to: what answers, and what does not."""

import socket
import subprocess
import sys

import pytest

from kate_keras.errors import InputError
from kate_keras.scale.cluster import connected

# A process of its own, as this one may be connected already.
PROGRAM = """
import psutil
from kate_keras.scale.cluster import connected
with connected("local") as ray:
    task = ray.remote(lambda: 7)
    assert ray.get([task.remote() for _ in range(2)]) == [7, 7]
    me = psutil.Process()
    for process in [me, *me.children(recursive=True)]:
        for connection in process.net_connections("inet"):
            if connection.status == "LISTEN":
                print(connection.laddr.ip)
print("left", ray.is_initialized())
"""


def test_a_ray_of_this_machine_listens_on_the_loopback_address_only():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    *addresses, left = run.stdout.splitlines()
    assert left == "left False"
    assert addresses
    assert set(addresses) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


@pytest.mark.parametrize("address", ["nowhere", "ray://127.0.0.1:10001", "127.0.0.1:x"])
def test_what_is_no_address_is_refused(monkeypatch, address):
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    with pytest.raises(InputError, match=rf"No Ray answers at '{address}'.*'local'"):
        with connected(address):
            pass


def test_an_address_at_which_nothing_listens_is_refused(monkeypatch):
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(InputError, match=f"No Ray answers at '127.0.0.1:{port}'"):
        with connected(f"127.0.0.1:{port}"):
            pass
