"""How examples are drawn: the same every time, a few dozen each, none of them timed.

More by hand finds more.
"""

from hypothesis import HealthCheck, settings, strategies as st

EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# Any text that has a UTF-8 form.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
# And any string of Python's, as JSON may bring it.
STRINGS = st.text(st.characters(), max_size=20)
