"""What the pictures import, in processes of their own."""

import subprocess
import sys

import pytest


def run(script):
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_missing_matplotlib_is_named_with_its_remedy():
    script = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "import kate_keras\n"
        "try:\n"
        "    kate_keras.plots.plot_topic\n"
        "except kate_keras.InputError as error:\n"
        "    print(error)\n"
    )
    done = run(script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "`plot_topic` needs matplotlib, which is not installed: "
        "pip install 'kate_keras[plots]'\n"
    )


def test_html_and_projection_need_no_matplotlib():
    script = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "from kate_keras.plots import documents_html, highlights_html, project\n"
        "import numpy as np\n"
        "points = project(np.eye(4))\n"
        "assert documents_html(points, list('abcd'), list('abcd'))\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    done = run(script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["plot_topic", "plot_documents", "plot_highlights"])
def test_pyplot_is_imported_only_for_a_new_figure(name):
    script = (
        "import sys\n"
        f"from kate_keras.plots import {name}\n"
        "assert 'matplotlib' in sys.modules\n"
        "assert not {'matplotlib.pyplot', 'tensorflow'} & set(sys.modules)\n"
    )
    done = run(script)
    assert done.returncode == 0, done.stderr


def test_another_missing_module_is_not_taken_for_matplotlib():
    script = "import sys\nsys.modules['scipy'] = None\nfrom kate_keras.plots import "
    done = run(script + "plot_topic_similarity")
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr
    assert "matplotlib" not in done.stderr.splitlines()[-1]
