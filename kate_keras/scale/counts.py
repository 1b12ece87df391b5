"""Counts of a corpus, made by many processes, in shards that training maps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kate_keras.artifact.folders import file_written_aside
from kate_keras.errors import InputError
from kate_keras.scale.cluster import LOCAL, connected
from kate_keras.scale.finished import Finished, job_of
from kate_keras.scale.job import Facts, check_output_folder, reading_facts, run_job
from kate_keras.scale.shards import (
    AS_USUAL,
    SHARD_BYTES,
    Reading,
    Shard,
    list_shards,
    opened,
)
from kate_keras.scale.shared import Shared, made_of
from kate_keras.text import Vocabulary, count_words
from kate_keras.text.chosen_words import ChosenWords, write_chosen_words
from kate_keras.text.count_input import document_frequency
from kate_keras.text.counts_folder import (
    MANIFEST,
    VOCABULARY,
    sha256_of,
    write_counts_manifest,
)
from kate_keras.text.sharded_counts import ShardedCounts, write_shard


def count_corpus(
    sources: Sequence[str],
    words: ChosenWords,
    folder: Path,
    *,
    reading: Reading = AS_USUAL,
    address: str = LOCAL,
    shard_bytes: int = SHARD_BYTES,
    verbose: bool = True,
) -> tuple[dict[str, int], list[str]]:
    """Counts the words of a corpus, every shard in a process of its own.

    After an interruption the same call goes on with what is not finished.

    Args:
        sources: The corpus that the words were chosen of; see `list_shards`.
        words: The words.
        folder: Folder of counts to make or to complete; all nodes see it. See
            `kate_keras.text.counts_folder`.
        reading: How corpora are read.
        address: See `connected`.
        shard_bytes: See `list_shards`.
        verbose: Whether to show progress on stderr.

    Returns:
        How many documents were read, were empty and were skipped, and the first few
        messages of what was skipped.

    Raises:
        InputError: If the folder holds other files, the corpus is not that of the
            words, or as `run_job`.
    """
    folder = folder.absolute()
    check_output_folder(folder, MANIFEST)
    shards = list_shards(sources, shard_bytes=shard_bytes)
    digest = words.digest()
    finished = Finished(folder, job_of(digest, vars(reading)), ".npy")
    with connected(address) as ray:
        shared = Shared(digest, ray.put(words.vocabulary))
        done = run_job(
            ray,
            finished,
            shards,
            count_shard,
            reading,
            shared,
            manifest=MANIFEST,
            verbose=verbose,
        )
    _check_corpus(folder, done, words)
    with file_written_aside(folder / VOCABULARY) as path:
        write_chosen_words(path, words)
    facts = reading_facts(done)
    names = ("file", "sha256", "documents", "source")
    listed = [{name: facts[name] for name in names} for facts in done]
    with file_written_aside(folder / MANIFEST) as path:
        write_counts_manifest(path, listed, vocabulary=digest, facts=facts)
    return facts, [message for own in done for message in own["messages"]]


def count_shard(
    shard: Shard, finished: Finished, reading: Reading, shared: Shared
) -> Facts:
    """Counts the words of a shard.

    Args:
        shard: Shard.
        finished: Where its counts go.
        reading: How it is read.
        shared: The vocabulary.

    Returns:
        What `Finished.finish` does.
    """
    vocabulary: Vocabulary = made_of(shared, lambda vocabulary: vocabulary)
    with opened(shard, reading) as corpus:
        counts = count_words(corpus.texts(), vocabulary)
        facts: dict[str, Any] = corpus.facts()
    with finished.output(shard) as path:
        write_shard(path, counts)
        facts["sha256"] = sha256_of(path)
    return finished.finish(shard, facts)


def _check_corpus(folder: Path, done: Sequence[Facts], words: ChosenWords) -> None:
    """Refuses counts that the words cannot have been chosen of.

    That every word is in as many documents as when it was chosen also tells that no
    shard was lost, and none was counted twice.
    """
    paths = [folder / facts["file"] for facts in done]
    n_documents = [facts["documents"] for facts in done]
    counts = ShardedCounts.of_files(paths, n_documents, len(words.vocabulary))
    frequency = document_frequency(counts)
    expected = words.vocabulary.document_frequency
    if counts.shape[0] != words.vocabulary.n_documents or tuple(frequency) != expected:
        raise InputError(
            f"The corpus is not the one that the words were chosen of: expected "
            f"{words.vocabulary.n_documents} documents with {sum(expected)} known "
            f"words, found {counts.shape[0]} with {frequency.sum()}. Choose the words "
            "anew of this corpus: kate vocabulary"
        )
