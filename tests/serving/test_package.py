"""What the image sets, and what it is made of."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from serving.settings import Settings, variable_of

ROOT = Path(__file__).parents[2]


def test_the_image_sets_only_known_variables():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    names = re.findall(r"^\s+(KATE_\w+)=", dockerfile, re.MULTILINE)
    assert set(names) == {"KATE_MODEL", "KATE_HOST", "KATE_ENGINE"}
    assert set(names) <= {variable_of(name) for name in Settings.model_fields}


@pytest.mark.parametrize("extras", ["serving", "serving,index"])
@pytest.mark.parametrize("engine", ["tensorflow", "light"])
def test_the_image_is_made_of_what_its_engine_needs(engine, extras):
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    script = re.search(r"^RUN (python -c .*?) \\\n\s*> req", dockerfile, re.M | re.S)[1]
    done = subprocess.run(
        ["sh", "-c", script.replace("python", sys.executable, 1)],
        env={**os.environ, "ENGINE": engine, "EXTRAS": extras},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    names = {re.match(r"[\w-]+", line)[0] for line in done.stdout.splitlines()}
    assert {"fastapi", "uvicorn", "orjson", "numpy", "lazy-loader"} <= names
    heavy = {"tensorflow", "tensorflow-cpu", "keras", "scipy", "scikit-learn"}
    assert names & heavy == (heavy if engine == "tensorflow" else set())
    assert ("lancedb" in names) == (extras == "serving,index")


def test_the_build_context_holds_what_the_image_copies():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        for source in line.split()[:-1]:
            assert f"!{source}" in kept or f"!{source}/" in kept


def test_the_image_runs_as_a_user_without_rights():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = dockerfile[dockerfile.rindex("\nFROM ") :]
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["10001"]
    assert "--shell /usr/sbin/nologin" in last
