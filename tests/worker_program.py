"""What two workers do that the tests start: `RANK ADDRESS ADDRESS FOLDER`.

The first writes `histories.json`, the weights of each case, and every checkpoint.
"""

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
from scipy import sparse

# Name, variant, decoder and recipe. 57 documents are learned from: the last batch of
# 14 has one, and one worker none.
CASES = {
    "kate": ("kate", "exact", "default"),
    "sampled": ("kate", "sampled", "default"),
    "deep": ("deep", "sampled", "default"),
    "k-sparse": ("k-sparse", "exact", "default"),
    "paper": ("kate", "exact", "paper"),
}


def small_counts():
    """60 documents in three groups, each with five of the 15 words to itself."""
    generator = np.random.default_rng(0)
    rates = np.kron(np.eye(3), np.ones((20, 5))) * 2 + 0.05
    return sparse.csr_array(generator.poisson(rates).astype("float32"))


def trained(case, replica, path=None, resume=False):
    """Trains a case, and returns its history and weights."""
    from kate_keras.models import VARIANTS
    from kate_keras.training import RECIPES, adapt_input, adapt_output, train
    from kate_keras.training.checkpoint_file import CheckpointFile

    name, decoder, recipe_name = CASES[case]
    recipe = dataclasses.replace(
        RECIPES[recipe_name], epochs=3, batch_size=4, min_steps=1, decoder=decoder
    )
    own = {"k": 2, "alpha": 1.0, "inference": "dense"}
    own = {option: own[option] for option in VARIANTS[name].options}
    counts = small_counts()
    with replica.scope():
        model = VARIANTS[name].build(
            15, 6, **own, weighting="log-idf", input_dropout=0.5
        )
    adapt_input(model, counts)
    adapt_output(model, counts, recipe.loss)
    file = CheckpointFile(path, {}, resume) if path else None
    history = train(
        model, counts, recipe, verbose=False, checkpoint=file, replica=replica
    )
    return history, model.get_weights()


def keep_checkpoints(chief):
    """Has the chief keep every checkpoint, as `<epoch>-<batches>` beside the file."""
    from kate_keras.training import checkpoints
    from kate_keras.training.checkpoint_file import CheckpointFile

    checkpoints.SECONDS_APART = checkpoints.COST_APART = 0
    write = CheckpointFile.write

    def write_and_keep(self, facts, arrays):
        if chief:
            write(self, facts, arrays)
            place = f"{facts['epoch']}-{facts['batches']}"
            shutil.copy(self.path, self.path.with_name(place))

    CheckpointFile.write = write_and_keep


def fit_of_keras(strategy, mends):
    """Says whether a plain model can be fitted with some of the mends."""
    import keras
    import tensorflow as tf

    from kate_keras.scale import multi_worker_fit

    x = np.ones((8, 3), "float32")
    with strategy.scope():
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
    if "build" in mends:
        model._maybe_symbolic_build = multi_worker_fit._build_nothing
    if "logs" in mends:
        model._make_function = multi_worker_fit._step_function(strategy)
    data = tf.data.Dataset.from_tensor_slices((x, x[:, :1])).batch(4)
    options = tf.data.Options()
    off = tf.data.experimental.AutoShardPolicy.OFF
    options.experimental_distribute.auto_shard_policy = off
    try:
        model.fit(data.with_options(options), verbose=0, shuffle=False)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "works"


def main(rank, *addresses, folder):
    cluster = {"worker": list(addresses)}
    task = {"type": "worker", "index": rank}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
    from kate_keras.scale.worker_replica import WorkerReplica

    replica = WorkerReplica()
    results = {
        " and ".join(["Keras", *mends]): fit_of_keras(replica.strategy, mends)
        for mends in ([], ["build"], ["logs"], ["build", "logs"])
    }
    keep_checkpoints(rank == 0)
    for case in CASES:
        path = folder / "file" if case == "sampled" else None
        before = replica.traffic()
        history, weights = trained(case, replica, path)
        after = replica.traffic()
        results[case] = history
        results[f"{case} bytes"] = after["bytes"] - before["bytes"]
        np.savez(folder / f"{case}-{rank}.npz", *weights)
    history, weights = trained("sampled", replica, folder / "1-8", resume=True)
    results["resumed"] = history
    np.savez(folder / f"resumed-{rank}.npz", *weights)
    if rank == 0:
        (folder / "histories.json").write_text(json.dumps(results))


if __name__ == "__main__":
    number, one, other, place = sys.argv[1:]
    main(int(number), one, other, folder=Path(place))
