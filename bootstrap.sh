#!/bin/sh
# Sets kate_keras up in a virtual environment, .venv beside this file, and runs a job:
#
#   sh bootstrap.sh demo     install, then `kate demo`: train, read and serve a model
#   sh bootstrap.sh test     install with the development tools, then every check
#   sh bootstrap.sh          install only
#
# PYTHON chooses the interpreter, 3.11 to 3.13; the newest one found is the default.
set -eu
cd "$(dirname "$0")"

find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "bootstrap.sh: needs Python 3.11 to 3.13; set PYTHON=/path/to/python3" >&2
    exit 1
}

make_environment() {
    if [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
        return
    fi
    if [ -e .venv ]; then
        echo "bootstrap.sh: .venv is there and has no working pip; move it away, then run this again" >&2
        exit 1
    fi
    if "$python" -m venv .venv >/dev/null 2>&1; then
        return
    fi
    # Debian and Ubuntu keep what venv needs in a package of its own.
    rm -rf .venv
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    echo "bootstrap.sh: installing $package, which $python -m venv needs" >&2
    if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
    if ! { command -v apt-get >/dev/null && $as_root apt-get update && $as_root apt-get install -y "$package"; } >&2; then
        echo "bootstrap.sh: install $package (or your system's like), then run this again" >&2
        exit 1
    fi
    "$python" -m venv .venv
}

install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

job=${1:-install}
python=$(find_python)
make_environment
case "$job" in
install) install --editable '.[serving]' ;;
demo)
    install --editable '.[serving]'
    shift
    .venv/bin/kate demo "$@"
    echo
    echo "In a shell, first: . .venv/bin/activate"
    ;;
test)
    install --editable '.[dev]'
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    # Three processes even on two cores: tests wait for other processes a good part of
    # the time. A file stays in one, for its fixtures; in order, for the longest of few
    # tests are not the last then.
    exec .venv/bin/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder
    ;;
*)
    echo "bootstrap.sh: the job must be demo, test or install; received: $job" >&2
    exit 2
    ;;
esac
