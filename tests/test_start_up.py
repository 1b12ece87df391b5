"""What is imported when, in processes of their own."""

import subprocess
import sys

import keras
import pytest

from kate_keras.layers import KCompetitive


def run(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_package_is_imported_without_what_it_needs():
    script = (
        "import sys, kate_keras\n"
        "print(kate_keras.__version__, dir(kate_keras))\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'scipy', 'sklearn', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = run(script)
    assert done.returncode == 0, done.stderr
    assert "KATE" in done.stdout


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_help_needs_nothing_heavy(command):
    script = (
        "import sys\n"
        "from kate_keras.cli import main\n"
        "try:\n"
        f"    main(['{command}'])\n"
        "except SystemExit as done:\n"
        "    assert not done.code\n"
        "assert not {'tensorflow', 'numpy', 'sklearn'} & set(sys.modules)\n"
    )
    done = run(script)
    assert done.returncode == 0, done.stderr
    assert "kate" in done.stdout


@pytest.mark.parametrize("command", [["topics"], ["words", "moon"]])
def test_reading_commands_need_no_tensorflow(command, model_folder):
    script = (
        "import sys\n"
        "from kate_keras.cli import main\n"
        "name, folder, *rest = sys.argv[1:]\n"
        "assert main([name, folder, *rest]) == 0\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)\n"
    )
    done = run(script, command[0], model_folder, *command[1:])
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A Keras model of somebody's own with a layer of ours."""
    path = tmp_path_factory.mktemp("keras") / "own.keras"
    inputs = keras.Input((8,))
    keras.Model(inputs, KCompetitive(2)(inputs)).save(path)
    return path


@pytest.mark.parametrize(
    "imports",
    [
        "import kate_keras, keras",
        "import keras, kate_keras",
        "import kate_keras, tensorflow, keras",
        "import kate_keras.layers, keras",
        "from kate_keras.errors import InputError\nimport keras",
        "from kate_keras.layers import KCompetitive\nimport keras",
        "from kate_keras.training import train\nimport keras",
    ],
)
def test_keras_finds_the_layers_whichever_is_imported_first(imports, saved):
    script = (
        f"import sys\n{imports}\n"
        "keras.saving.load_model(sys.argv[1])\n"
        "names = keras.saving.get_custom_objects()\n"
        "for name in ('KATEAutoencoder', 'LogCount', 'WordCrossentropy'):\n"
        "    assert f'kate_keras>{name}' in names, name\n"
    )
    done = run(script, saved)
    assert done.returncode == 0, done.stderr


def test_a_watched_module_is_as_if_it_had_not_been():
    script = (
        "import kate_keras, tensorflow, importlib\n"
        "import kate_keras.layers as layers\n"
        "for module in (tensorflow, layers):\n"
        "    assert type(module.__loader__).__name__ == 'SourceFileLoader'\n"
        "    assert module.__spec__.loader is module.__loader__\n"
    )
    done = run(script)
    assert done.returncode == 0, done.stderr


def test_an_error_of_the_import_is_shown(tmp_path):
    (tmp_path / "tensorflow.py").write_text(
        "import sys\n"
        "sys.stderr.write('I0000 a notice\\nE0000 an error\\n')\n"
        "raise ImportError('broken')\n"
    )
    script = (
        "import sys, kate_keras\nsys.path.insert(0, sys.argv[1])\nimport tensorflow"
    )
    done = run(script, tmp_path)
    assert done.returncode == 1
    assert "ImportError: broken" in done.stderr
    assert "E0000 an error" in done.stderr
    assert "a notice" not in done.stderr
