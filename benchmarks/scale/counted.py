"""Folders of counts, written without the jobs that write large ones."""

from pathlib import Path

from kate_keras import KATE
from kate_keras.text.chosen_words import CHOICE, ChosenWords, write_chosen_words
from kate_keras.text.counts_folder import (
    MANIFEST,
    VOCABULARY,
    sha256_of,
    write_counts_manifest,
)
from kate_keras.text.sharded_counts import write_shard
from kate_keras.training_corpus import read_training_corpus


def write_counts(path: Path, texts: list[str], model: KATE) -> None:
    """Writes the counts of texts by the options of an estimator, in two shards."""
    path.mkdir()
    options = model.get_params()
    _, vocabulary, counts, n_words = read_training_corpus(texts, options)
    facts = {"documents": counts.shape[0], "empty": 0, "skipped": 0}
    choice = {name: options[name] for name in CHOICE}
    words = ChosenWords(vocabulary, n_words, choice, facts)
    write_chosen_words(path / VOCABULARY, words)
    half = counts.shape[0] // 2
    shards = []
    for number, rows in enumerate((counts[:half], counts[half:])):
        file = path / f"{number}.npy"
        write_shard(file, rows)
        shard = {"file": file.name, "sha256": sha256_of(file), "source": str(number)}
        shards.append({**shard, "documents": rows.shape[0]})
    write_counts_manifest(
        path / MANIFEST, shards, vocabulary=words.digest(), facts=facts
    )
