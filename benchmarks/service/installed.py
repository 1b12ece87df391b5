"""How much of a disk an engine's packages take."""

from importlib.metadata import PackageNotFoundError, distribution, requires

from packaging.requirements import Requirement

# Of kate_keras's own dependencies, what the light reader imports.
LIGHT = ("lazy-loader", "numpy")


def installed_mib(engine: str) -> float:
    """Returns the size of the files of all packages that the service needs.

    Args:
        engine: `"tensorflow"` or `"light"`.
    """
    needed = [Requirement(text) for text in requires("kate_keras") or ()]
    wanted = [r for r in needed if _applies(r, "serving")]
    if engine == "light":
        # The extra's own requirements, and two of the package's.
        wanted = [r for r in wanted if r.name in LIGHT or not _applies(r, "")]
    sizes: dict[str, int] = {}
    for requirement in wanted:
        _add(requirement, sizes)
    return sum(sizes.values()) / 2**20


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _add(requirement: Requirement, sizes: dict[str, int]) -> None:
    """Adds a package and what it needs in turn."""
    name = requirement.name.lower().replace("_", "-")
    if name in sizes:
        return
    try:
        found = distribution(name)
    except PackageNotFoundError:
        # An alternative for another system.
        return
    files = [path.locate() for path in found.files or ()]
    sizes[name] = sum(path.stat().st_size for path in files if path.is_file())
    for text in found.requires or ():
        inner = Requirement(text)
        if any(_applies(inner, extra) for extra in ("", *requirement.extras)):
            _add(inner, sizes)
