"""What several test modules share: small corpora and a model trained on one."""

from pathlib import Path

import numpy as np
import pytest
from ray_cluster import OneRay, running_cluster

from kate_keras import KATE

THEMES = {
    "space": "orbit rocket launch moon shuttle satellite astronaut planet".split(),
    "food": "bread cheese soup pepper kitchen recipe flour butter".split(),
    "music": "guitar violin melody concert piano rhythm chorus singer".split(),
}
SHARED = Path(__file__).parents[2] / "shared" / "data"


def themed_documents(n_documents=240, seed=0):
    """Documents of ten words, nine in ten of them from one of three themes."""
    generator = np.random.default_rng(seed)
    names, everything = list(THEMES), sum(THEMES.values(), [])
    texts, labels = [], []
    for index in range(n_documents):
        theme = names[index % len(names)]
        words = [
            generator.choice(THEMES[theme] if generator.random() < 0.9 else everything)
            for _ in range(10)
        ]
        texts.append(" ".join(words).capitalize() + ".")
        labels.append(theme)
    return texts, labels


def small_kate(**options):
    """A model that trains in a second or two on `themed_documents`."""
    defaults = {"n_components": 6, "k": 2, "epochs": 10, "learning_rate": 1e-2}
    return KATE(**{**defaults, "verbose": False, **options})


@pytest.fixture(scope="session")
def themed():
    return themed_documents()


@pytest.fixture(scope="session")
def model(themed):
    """A trained model; tests must not change it."""
    return small_kate().fit(themed[0])


@pytest.fixture(scope="session")
def model_folder(model, tmp_path_factory):
    """The saved folder of `model`; tests must not change it."""
    folder = tmp_path_factory.mktemp("models") / "themes"
    model.save(folder)
    return folder


@pytest.fixture(scope="session")
def newsgroups():
    """Folder of the real 20 Newsgroups corpus, where the machine has it."""
    folder = SHARED / "20news"
    if not (folder / "train.jsonl.gz").is_file():
        pytest.skip("needs shared/data/20news beside the project, which is not here")
    return folder


@pytest.fixture(scope="session")
def one_ray():
    """Runs one Ray after another, as a process has one at a time."""
    pytest.importorskip("ray", reason="the extra `scale` is not installed")
    with OneRay() as one_ray:
        yield one_ray


@pytest.fixture(scope="module")
def cluster(one_ray):
    """A cluster of two node processes, to which this process is connected."""
    return one_ray.running(running_cluster)


@pytest.fixture(scope="module")
def serve_address(one_ray):
    """Address of Ray Serve, for one test module after another to deploy on."""
    from ray_serving import serve_running

    return one_ray.running(serve_running)


@pytest.fixture
def ray(cluster):
    import ray

    return ray
