"""Lists the licences of what is installed, and fails where one is not allowed.

    .venv/bin/python .ci/licenses.py

Allowed is what a program under Apache-2.0 may depend on and pass on without terms of
its own: permissive licences, and weak copyleft by file (MPL-2.0) of files that we do
not change.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "HPND",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Unlicense",
    "Zlib",
}
# What packages wrote before there were licence expressions.
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    # The two- or the three-clause one: both are allowed.
    "BSD License": "BSD-3-Clause",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
TEXTS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
}
# Packages that say nothing or too little; read in the file named, in their sources.
READ = {
    "axe-playwright-python": "MIT AND MPL-2.0",  # LICENSE; axe-core inside
    "namex": "Apache-2.0",  # LICENSE
}
OWN = "kate_keras"


def normal(name: str) -> str:
    """Returns the name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str, metadata: Mapping[str, str], classifiers: Iterable[str]) -> str:
    """Returns the licence of a package as an SPDX expression; empty if it tells none.

    Args:
        name: Name of the package.
        metadata: Its metadata.
        classifiers: Its classifiers.
    """
    expression = metadata.get("License-Expression")
    if expression:
        return expression
    told = [c.split(" :: ")[-1] for c in classifiers if c.startswith("License ::")]
    known = sorted({CLASSIFIERS[text] for text in told if text in CLASSIFIERS})
    if known and len(known) == len(set(told) - {"OSI Approved"}):
        # Several classifiers may mean all or any: all have to be allowed.
        return " AND ".join(known)
    text = (metadata.get("License") or "").strip()
    if normal(name) in READ:
        return READ[normal(name)]
    return TEXTS.get(text, text if is_expression(text) else "")


def is_expression(text: str) -> bool:
    """Whether a text is one of allowed identifiers joined by AND and OR."""
    names = re.findall(r"[^\s()]+", text)
    return bool(names) and all(n in ALLOWED | {"AND", "OR"} for n in names)


def is_allowed(expression: str) -> bool:
    """Whether a licence leaves us a choice that is allowed.

    Args:
        expression: Identifiers, AND, OR and brackets. What is not understood, such as
            an exception, is not allowed.
    """
    tokens = re.findall(r"[()]|[^\s()]+", expression)

    def either() -> bool:
        found = both()
        while tokens[:1] == ["OR"]:
            tokens.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = one()
        while tokens[:1] == ["AND"]:
            tokens.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        token = tokens.pop(0) if tokens else ""
        if token != "(":
            return token in ALLOWED
        found = either()
        return tokens[:1] == [")"] and bool(tokens.pop(0)) and found

    return either() and not tokens


def installed() -> dict[str, str]:
    """Returns the licences of all installed packages but our own, by name."""

    def of(package: Distribution) -> str:
        metadata = package.metadata
        classifiers = metadata.get_all("Classifier") or []
        return licence(metadata["Name"], dict(metadata.items()), classifiers)

    found = {p.metadata["Name"]: of(p) for p in distributions() if p.metadata["Name"]}
    return {
        name: found[name]
        for name in sorted(found, key=normal)
        if normal(name) != normal(OWN)
    }


def declared() -> dict[str, list[str]]:
    """Returns the packages that pyproject.toml names, each with the extras it is in."""
    path = Path(__file__).parents[1] / "pyproject.toml"
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    groups = {"always": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, list[str]] = {}
    for group, requirements in groups.items():
        for requirement in requirements:
            name = normal(re.split(r"[^\w.-]", requirement)[0])
            if name != normal(OWN):
                found.setdefault(name, []).append(group)
    return found


def main() -> int:
    """Prints the licences, one a line; returns 1 if one is not allowed."""
    packages = installed()
    refused = [name for name, own in packages.items() if not is_allowed(own)]
    for name, own in packages.items():
        print(f"{name:40} {own or '(tells none)'}")
    for name in refused:
        sys.stderr.write(
            f".ci/licenses.py: {name} is under {packages[name] or 'no known licence'}, "
            "which is not allowed. Read its licence; then add it to ALLOWED or READ, "
            "or do without the package.\n"
        )
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
