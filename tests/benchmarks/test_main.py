import pytest
from benchmark_samples import record

from benchmarks.quality.__main__ import main
from benchmarks.quality.files import write_lines


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data" / "20news"
    folder.mkdir(parents=True)
    (folder / "train.jsonl.gz").touch()
    return folder.parent


def test_kept_lines_are_rendered_without_data(tmp_path):
    write_lines(tmp_path / "20news.jsonl", [record("lsa", 0, 0.75, fit_seconds=1.0)])
    assert main(["--render", "-o", str(tmp_path)]) == 0
    assert {p.name for p in tmp_path.iterdir()} == {
        "20news.jsonl",
        "20news.md",
        "20news-retrieval.png",
        "20news-seconds.png",
    }


def test_a_pattern_that_matches_no_cell_is_a_mistake(data, tmp_path, capsys):
    assert main([str(data), "-o", str(tmp_path), "--only", "20nwes-*"]) == 2
    assert "No cell's name matches ['20nwes-*']" in capsys.readouterr().err


def test_data_is_needed_and_must_hold_a_corpus(tmp_path, capsys):
    for arguments in ([], [str(tmp_path)]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "-o", str(tmp_path)])
        assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "DATA is needed" in told and "must hold 20news/train.jsonl.gz" in told


def test_list_shows_what_is_done_and_what_is_not(data, tmp_path, capsys):
    arguments = [str(data), "-o", str(tmp_path), "--list", "--only", "mrd-*-lsa-seed0"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"mrd-V2000-d{d}-lsa-seed0\tthe folder of mrd is not in DATA"
        for d in (128, 512)
    ]
    assert not (tmp_path / "peers.json").exists()
