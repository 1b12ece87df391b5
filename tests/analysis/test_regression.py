import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import evaluate_ratings


def rated_vectors(n, seed, noise):
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(n, 20))
    ratings = vectors[:, 0] - 2 * vectors[:, 1] + 3
    return vectors, ratings + noise * generator.normal(size=n)


def ridge_by_normal_equations(train, ratings, penalty):
    """Centred least squares with a penalty, solved in closed form."""
    centre, mean = train.mean(axis=0), ratings.mean()
    gram = (train - centre).T @ (train - centre) + penalty * np.eye(train.shape[1])
    weights = np.linalg.solve(gram, (train - centre).T @ (ratings - mean))
    return lambda vectors: (vectors - centre) @ weights + mean


def test_r_squared_is_that_of_ridge_chosen_on_the_tenth_held_out():
    train, ratings = rated_vectors(80, 1, noise=4.0)
    test, test_ratings = rated_vectors(60, 2, noise=4.0)
    found = evaluate_ratings(train, ratings, test, test_ratings, random_state=3)
    scale = np.sqrt((train**2).mean())
    order = np.random.default_rng(3).permutation(80)
    held_out, learn = order[:8], order[8:]
    errors = {}
    for penalty in (0.1, 1.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 1e5):
        predict = ridge_by_normal_equations(
            train[learn] / scale, ratings[learn], penalty
        )
        wrong = predict(train[held_out] / scale) - ratings[held_out]
        errors[penalty] = (wrong**2).sum()
    best = min(errors, key=errors.get)
    predict = ridge_by_normal_equations(train / scale, ratings, best)
    residual = ((predict(test / scale) - test_ratings) ** 2).sum()
    total = ((test_ratings - test_ratings.mean()) ** 2).sum()
    assert found == pytest.approx(1 - residual / total)
    assert 0.05 < found < 0.6
    assert 0.1 < best < 1e5


def test_r_squared_worked_by_hand():
    # Vectors without content: the prediction is the training mean, 2. The test ratings
    # 3 and 5 have mean 4: squared errors 1 + 9 against 1 + 1, so 1 - 10 / 2.
    found = evaluate_ratings(np.zeros((4, 2)), [1, 2, 2, 3], np.zeros((2, 2)), [3, 5])
    assert found == pytest.approx(-4.0)


def test_ratings_that_follow_are_explained_and_chance_is_not():
    train, ratings = rated_vectors(300, 1, noise=0.0)
    test, test_ratings = rated_vectors(200, 2, noise=0.0)
    assert evaluate_ratings(train, ratings, test, test_ratings) > 0.999
    assert evaluate_ratings(train, ratings[::-1], test, test_ratings) < 0.05


def test_the_scale_of_the_vectors_does_not_matter():
    train, ratings = rated_vectors(80, 1, noise=2.0)
    one = evaluate_ratings(train, ratings, train, ratings)
    other = evaluate_ratings(train * 1e5, ratings, train * 1e5, ratings)
    assert other == pytest.approx(one)


def test_documents_without_a_rating_are_left_out():
    train, ratings = rated_vectors(50, 1, noise=1.0)
    test, test_ratings = rated_vectors(30, 2, noise=1.0)
    holes = np.concatenate([train, 100 * np.ones((2, 20))])
    with_holes = evaluate_ratings(holes, [*ratings, None, None], test, test_ratings)
    assert with_holes == evaluate_ratings(train, ratings, test, test_ratings)


def test_too_few_or_equal_ratings_are_refused():
    vectors = np.eye(3)
    with pytest.raises(InputError, match="training corpus.*Received: 1 of 3"):
        evaluate_ratings(vectors, [1.0, None, None], vectors, [1, 2, 3])
    with pytest.raises(InputError, match="test corpus.*Received: 0 of 3"):
        evaluate_ratings(vectors, [1, 2, 3], vectors, [None] * 3)
    with pytest.raises(InputError, match="must differ.*2 for all 3 documents"):
        evaluate_ratings(vectors, [1, 2, 3], vectors, [2, 2, 2])
