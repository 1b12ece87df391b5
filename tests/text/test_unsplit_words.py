import pytest

from kate_keras import KATE
from kate_keras.text.unsplit_words import unsplit_notice

# The same sentences, as they are written and split into words.
WRITTEN = {
    "Chinese": ["我昨天去了图书馆", "今天天气很好", "他正在学习机器学习"],
    "Japanese": ["私は昨日図書館に行きました", "今日は天気がいいです"],
    "Thai": ["เมื่อวานฉันไปห้องสมุด", "วันนี้อากาศดีมากเลยนะครับ"],
}
SPLIT = {
    "Chinese": "我 昨天 去 了 图书馆 今天 天气 很 好 他 正在 学习 机器 学习".split(),
    "Japanese": "私 は 昨日 図書館 に 行き ました 今日 は 天気 が いい です".split(),
    "Thai": "เมื่อวาน ฉัน ไป ห้องสมุด วันนี้ อากาศ ดี มาก เลย นะ ครับ".split(),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_clauses_are_told_from_words(language):
    longest = max(WRITTEN[language], key=len)
    assert f"such as {longest[:12]!r}" in unsplit_notice(WRITTEN[language])
    assert unsplit_notice(SPLIT[language]) == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], False),
        (["incomprehensibilities", "Donaudampfschiffahrtsgesellschaft"], False),
        # Four characters on average are words, more are not.
        (["天气很好", "天气很好"], False),
        (["天气很好", "天气很好吗"], True),
        # Half of the words are not most of them.
        (["我昨天去了图书馆", "library"], False),
        (["我昨天去了图书馆", "今天天气很好", "library"], True),
    ],
)
def test_both_sides_of_the_limits(words, told):
    assert bool(unsplit_notice(words)) is told


@pytest.mark.parametrize("verbose", [True, False])
def test_a_training_says_so_unless_it_is_quiet(verbose, capsys):
    texts = [f"{a}。{b}" for a in WRITTEN["Chinese"] for b in WRITTEN["Japanese"]]
    KATE(2, epochs=1, verbose=verbose).fit(texts)
    assert ("split into words first" in capsys.readouterr().err) is verbose
