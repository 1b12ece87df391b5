"""Running `kate` in process."""

from kate_keras.cli import main


def fails(capsys, *arguments):
    """Runs a mistake: status 2, one line on stderr, nothing on stdout."""
    try:
        status = main([*map(str, arguments)])
    except SystemExit as stop:
        status = stop.code
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    (line,) = [x for x in captured.err.splitlines() if not x.startswith("reading ")]
    return line
