"""Zip archives of a model folder: closed lists of members, nothing to unpack."""

import stat
import zipfile
from collections.abc import Collection
from pathlib import Path

from kate_keras.errors import InputError


def check_members(
    archive: zipfile.ZipFile, path: Path, allowed: Collection[str]
) -> dict[str, zipfile.ZipInfo]:
    """Returns the members of an archive by name.

    They are stored and not compressed, as NumPy and Keras write them, so that none can
    be longer than the archive.

    Args:
        archive: The open archive.
        path: Where it is, for messages.
        allowed: Names that a member may have.

    Raises:
        InputError: If there is another one, one of them twice, one that is a link,
            compressed or encrypted, or if they claim to be longer than the archive.
    """
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename
        if name not in allowed or name in members:
            raise InputError(
                f"{path} holds {name!r:.80}; expected each at most once: "
                f"{', '.join(allowed)}."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InputError(f"{path} holds {name} as a symbolic link.")
        encrypted = member.flag_bits & 1
        if member.compress_type != zipfile.ZIP_STORED or encrypted:
            raise InputError(
                f"{path} holds {name} compressed or encrypted; expected it as it is."
            )
        members[name] = member
    size, claimed = path.stat().st_size, sum(m.file_size for m in members.values())
    if claimed > size:
        raise InputError(
            f"{path} has {size} bytes and claims to hold {claimed}: it is damaged."
        )
    return members
