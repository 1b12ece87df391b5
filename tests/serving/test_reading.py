"""Topics, words and explanations."""

import numpy as np
import pytest

NAMED = {"model": "fake", "version": "7", "fingerprint": "f00d"}
TOPICS = [
    {
        "index": 0,
        "positive": [
            {"word": "a", "influence": 2.0}, {"word": "b", "influence": 1.0}
        ],
        "negative": [{"word": "d", "influence": -1.0}],
    },
    {
        "index": 1,
        "positive": [{"word": "c", "influence": 0.5}],
        "negative": [
            {"word": "e", "influence": -3.0}, {"word": "f", "influence": -0.25}
        ],
    },
    {"index": 2, "positive": [], "negative": []},
]  # fmt: skip


def error_of(answer):
    return answer.json()["error"]


def test_topics_have_the_words_of_both_signs(client, engine):
    assert client.get("/topics").json() == NAMED | {"topics": TOPICS}
    client.get("/topics?n_words=3")
    assert [int(inputs["n_words"]) for _, inputs in engine.calls] == [10, 3]


@pytest.mark.parametrize("index", [0, 2])
def test_a_topic_is_read_by_its_number(client, index):
    found = client.get(f"/topics/{index}?n_words=5")
    assert found.json() == NAMED | {"topic": TOPICS[index]}


@pytest.mark.parametrize("index", [-1, 3, 10**30])
def test_a_number_without_a_topic_is_not_found(client, index):
    answer = client.get(f"/topics/{index}")
    assert answer.status_code == 404
    assert (error_of(answer)["code"], error_of(answer)["param"]) == (
        "not_found",
        "index",
    )
    assert "Expected: 0 to 2" in error_of(answer)["message"]


@pytest.mark.parametrize(
    ("path", "param"),
    [
        ("/topics?n_words=0", "n_words"),
        ("/topics?n_words=1001", "n_words"),
        ("/topics?n_words=many", "n_words"),
        ("/topics/one", "index"),
        ("/words/a?n=0", "n"),
        ("/words/a?n=1001", "n"),
    ],
)
def test_a_number_out_of_its_range_is_named(client, path, param):
    answer = client.get(path)
    assert answer.status_code == 422
    assert error_of(answer)["param"] == param


def test_a_word_has_neighbours(client, engine):
    assert client.get("/words/M%C3%BCsli?n=2").json() == NAMED | {
        "word": "Müsli",
        "neighbours": [
            {"word": "near", "cosine": 0.75}, {"word": "fär", "cosine": -0.5}
        ],
    }  # fmt: skip
    ((name, inputs),) = engine.calls
    assert (name, inputs["word"].item(), inputs["n"]) == (
        "neighbours", "Müsli".encode(), 2
    )  # fmt: skip


def test_a_word_that_the_model_does_not_know_is_not_found(client, engine):
    async def run(*_):
        return {"words": np.array([], object), "cosines": np.array([], np.float32)}

    engine.run = run
    answer = client.get("/words/zyxxy")
    assert answer.status_code == 404
    assert "'zyxxy' is not one word that the model knows" in error_of(answer)["message"]


def test_shares_and_bias_sum_to_the_pre_activation(client, engine):
    body = {"documents": ["one", "two"], "n_topics": 2, "by": "activation"}
    found = client.post("/explain", json=body).json()
    expected = {
        "topics": [
            {
                "index": 1,
                "activation": -0.9,
                "pre_activation": -2.0,
                "bias": -3.0,
                "words": [
                    {"word": "down", "share": 2.0}, {"word": "up", "share": -1.0}
                ],
            },
            {
                "index": 2,
                "activation": 0.7,
                "pre_activation": 1.0,
                "bias": 1.0,
                "words": [{"word": "up", "share": 0.0}, {"word": "down", "share": 0.0}],
            },
        ],
        "unknown_words": ["the", "x"],
    }  # fmt: skip
    assert found == NAMED | {"explanations": [expected, expected]}
    for topic in expected["topics"]:
        shares = sum(word["share"] for word in topic["words"])
        assert shares + topic["bias"] == topic["pre_activation"]
    # One at a time, so that others get their turn.
    assert [inputs["text"].tolist() for _, inputs in engine.calls] == [
        [b"one"], [b"two"]
    ]  # fmt: skip


def test_only_so_many_documents_are_explained_at_once(client):
    def explain(count):
        return client.post("/explain", json={"documents": ["a"] * count})

    assert explain(32).status_code == 200
    assert error_of(explain(33))["code"] == "too_many_documents"
    assert error_of(explain(0))["code"] == "empty_list"


@pytest.mark.parametrize(("n_documents", "status"), [(2, 200), (3, 422)])
def test_only_so_many_shares_are_told_at_once(client, monkeypatch, n_documents, status):
    # Two words and two topics a document.
    monkeypatch.setattr("serving.interfaces.explanation.MOST_SHARES", 8)
    body = {"documents": ["up down"] * n_documents, "n_topics": 2}
    answer = client.post("/explain", json=body)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["error"]["param"] == "n_topics"
        assert "more than 8 shares" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"documents": "a"}, "documents"),
        ({"documents": ["a"], "n_topics": 0}, "n_topics"),
        ({"documents": ["a"], "n_topics": "2"}, "n_topics"),
        ({"documents": ["a"], "normalize": True}, "normalize"),
    ],
)
def test_a_wrong_field_is_named(client, body, param):
    answer = client.post("/explain", json=body)
    assert answer.status_code == 422
    assert error_of(answer)["param"] == param


def test_a_model_that_cannot_be_read_says_so(client, engine):
    engine.signatures = {}
    for answer in (
        client.get("/topics"),
        client.get("/words/a"),
        client.post("/explain", json={"documents": ["a"]}),
    ):
        assert answer.status_code == 422
        assert "cannot be read by its words" in error_of(answer)["message"]


def test_functions_of_one_number_or_one_string_can_be_called(client, engine):
    path = "/v1/models/fake:predict"
    body = {"signature_name": "neighbours", "inputs": {"word": "a", "n": 2}}
    found = client.post(path, json=body).json()["outputs"]
    assert found == {"words": ["near", "fär"], "cosines": [0.75, -0.5]}
    for wrong in (
        {"word": 1, "n": 2},
        {"word": "a", "n": [2]},
        {"word": "a", "n": 2.5},
    ):
        answer = client.post(path, json=body | {"inputs": wrong})
        assert answer.status_code == 422
    assert len(engine.calls) == 1


def test_topics_may_come_in_the_order_in_which_the_words_move_them(client):
    def order(**body):
        found = client.post("/explain", json={"documents": ["a"], **body}).json()
        return [topic["index"] for topic in found["explanations"][0]["topics"]]

    # Pre-activations .25, -2 and 1; less the bias -.25, 1 and 0.
    assert order() == order(by="words") == [1, 0, 2]
    assert order(by="activation") == [1, 2, 0]
    answer = client.post("/explain", json={"documents": ["a"], "by": "chance"})
    assert (answer.status_code, error_of(answer)["param"]) == (422, "by")
