"""What Ctrl-C and SIGTERM do to a command that trains."""

import os
import signal
import threading

import pytest

from kate_keras.cli.signals import stopped_in_order


@pytest.fixture
def ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_noted_and_ends_the_work():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stopped_in_order("train") as interrupts:
        assert interrupts == []
        os.kill(os.getpid(), signal.SIGINT)
    assert interrupts == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is before


def test_what_a_script_put_into_the_background_goes_on_ignoring_ctrl_c(ignored):
    with stopped_in_order("train") as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    assert interrupts == []
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_outside_the_main_thread_signals_do_what_they_did():
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    found = []

    def work():
        with stopped_in_order("train") as interrupts:
            found.append([signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)])
        found.append(interrupts)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [before, []]
