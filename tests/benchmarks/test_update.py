"""The study of updates: its parts do not overlap, its tables show what was measured."""

from conftest import small_kate, themed_documents

from benchmarks.reliability.update import (
    PARTS,
    TITLES,
    cases,
    measure_case,
    render_updates,
)
from kate_keras.text import Document


def posts(n_documents=120):
    texts, _ = themed_documents(n_documents)
    groups = ["rec.autos", "sci.space", "sci.med"]
    return [
        Document(text, f"{groups[i % 3]}/{1000 - i}", (groups[i % 3],))
        for i, text in enumerate(texts)
    ]


def test_parts_share_nothing_and_new_posts_are_later_or_of_other_groups():
    found = cases(posts())
    for corpora in found.values():
        ids = [d.id for part in PARTS for d in corpora[part]]
        assert len(ids) == len(set(ids)) == 120
    later, unseen = found.values()
    for group in ("rec.autos", "sci.space"):
        numbers = {
            which: [
                int(d.id.split("/")[1])
                for part in (which, f"{which} held out")
                for d in later[part]
                if d.labels == (group,)
            ]
            for which in ("old", "new")
        }
        assert max(numbers["old"]) < min(numbers["new"])
        assert (len(numbers["old"]), len(numbers["new"])) == (28, 12)
    assert {d.labels[0] for d in unseen["new"]} == {"sci.space"}
    assert {d.labels[0] for d in unseen["old held out"]} == {"rec.autos", "sci.med"}


def test_rows_are_measured_and_shown():
    names = ["mean of old and new weights, rate .3"]
    options = {"epochs": 1, "batch_size": 40}
    records = [
        {"case": "later", "seed": 0, **record}
        for record in measure_case(
            cases(posts())["later"], small_kate(**options), names
        )
    ]
    assert [record["row"] for record in records] == ["old model", *names]
    for record in records:
        for which in ("old", "new"):
            assert 0 <= record[which]["accuracy"] <= 1
            assert 0 < record[which]["precision"] <= 1
            assert record[which]["loss"] > 0
    table = render_updates(records)
    assert table.startswith("## Learning on\n")
    assert "\n\n### New documents: later\n\n| | accuracy, old |" in table
    assert f"| {names[0]} | " in table
    loss = sum(r["new"]["loss"] for r in records[:1])
    assert f"{loss:.1f}" in table
    other = [{**records[0], "new": {**records[0]["new"], "loss": loss + 2}}]
    assert f"{loss + 1:.1f}" in render_updates([records[0], *other])
    assert TITLES[0] in table
