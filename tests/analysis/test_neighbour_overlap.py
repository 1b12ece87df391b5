import numpy as np
import pytest

from kate_keras.analysis import neighbour_overlap as overlap


def test_a_turned_and_stretched_space_has_the_same_neighbours():
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(1200, 5))
    turn = np.linalg.qr(generator.normal(size=(5, 5)))[0]
    assert overlap(vectors, 3 * vectors @ turn) == 1.0


def test_by_chance_it_is_the_share_that_is_looked_at():
    generator = np.random.default_rng(1)
    found = overlap(*generator.normal(size=(2, 700, 8)), n=70)
    assert found == pytest.approx(70 / 699, abs=0.01)


def test_the_same_by_a_plain_loop():
    generator = np.random.default_rng(2)
    spaces = generator.normal(size=(2, 40, 3))
    shares = []
    for i in range(40):
        near = []
        for space in spaces:
            cosines = space @ space[i] / np.linalg.norm(space, axis=1)
            order = [j for j in np.argsort(-cosines) if j != i]
            near.append(set(order[:4]))
        shares.append(len(near[0] & near[1]) / 4)
    assert overlap(*spaces, n=4) == pytest.approx(np.mean(shares))


@pytest.mark.parametrize("n_documents", [0, 1])
def test_where_there_are_no_others_nothing_differs(n_documents):
    assert overlap(np.ones((n_documents, 2)), np.ones((n_documents, 2))) == 1
    assert overlap(np.eye(3), np.eye(3)[::-1], n=9) == 1
