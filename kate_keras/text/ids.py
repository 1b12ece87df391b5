"""Which line holds which id."""

from array import array


class Ids:
    """The ids of the documents read so far, to find those that come twice.

    A document without an id bears its running number; such a number costs 8 bytes,
    not a string.
    """

    def __init__(self) -> None:
        self._named: dict[str, int] = {}
        self._numbered = array("q", [0])

    def first_line(self, name: str) -> int | None:
        """Returns the line of the document that has this id, if there is one."""
        if name in self._named:
            return self._named[name]
        # Only the plain spelling is a running number: "7", not "07" and not "٧"; and
        # Python refuses to convert a number of thousands of digits.
        if name.isascii() and name.isdecimal() and len(name) < 19:
            number = int(name)
            if number < len(self._numbered) and str(number) == name:
                return self._numbered[number] or None
        return None

    def add(self, name: str, line: int) -> None:
        """Notes an id that a document came with."""
        self._named[name] = line

    def add_number(self, number: int, line: int) -> None:
        """Notes a running number that stands for an id; numbers must grow."""
        self._numbered.extend([0] * (number - len(self._numbered)))
        self._numbered.append(line)
