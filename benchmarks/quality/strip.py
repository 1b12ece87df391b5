"""20 Newsgroups without headers, footers and quotes, by scikit-learn's own rules."""

from sklearn.datasets import _twenty_newsgroups as rules


def strip(text: str) -> str:
    """Returns a raw post without its headers, footer and quotes.

    The order is that of `fetch_20newsgroups(remove=("headers", "footers", "quotes"))`.

    Args:
        text: The post as it was sent.

    Returns:
        What its author wrote; it may be empty.
    """
    text = rules.strip_newsgroup_header(text)
    text = rules.strip_newsgroup_footer(text)
    stripped: str = rules.strip_newsgroup_quoting(text)
    return stripped
