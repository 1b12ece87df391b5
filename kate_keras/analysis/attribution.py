"""Which words of a document made a number of the network what it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from kate_keras.analysis.document_network import DocumentNetwork, Target
from kate_keras.argument_checks import require_count, require_text
from kate_keras.errors import InputError, require

# Inputs `(n, n_words)` to codes.
Code = Callable[[tf.Tensor], tf.Tensor]
# Points of the Gauss-Legendre rule, exact for polynomials of degree 63.
POINTS = 32


@dataclass(frozen=True)
class Attribution:
    """What each word of a document has to do with a number.

    Args:
        words: Words and their scores, those of the largest size first.
        value: The number, for the document.
        baseline: The number for a document without words.
        rule: How the scores were made.
    """

    words: tuple[tuple[str, float], ...]
    value: float
    baseline: float
    rule: str

    @property
    def completeness_error(self) -> float:
        """How far the scores' sum is from `value - baseline`.

        Integrated gradients have next to none in a network without competition; the
        other rules promise nothing.
        """
        total = sum(score for _, score in self.words)
        return abs(total - (self.value - self.baseline))

    def __str__(self) -> str:
        return (
            f"value {self.value:+.3f} (without words {self.baseline:+.3f}), by word: "
            f"{listed(self.words[:12])}"
        )


def listed(words: Sequence[tuple[str, float]]) -> str:
    """Returns words and their scores in a line."""
    return "  ".join(f"{word} {s:+.3f}" for word, s in words) or "no known word"


def attribute(
    network: DocumentNetwork, target: Target, rule: str = "integrated-gradients"
) -> np.ndarray:
    """Scores the words of a document for a number that the network gives.

    Args:
        network: The network, as the document sees it.
        target: What is explained: a code `(n, n_components)` to numbers `(n,)`.
        rule: `"gradient"`, the number's slope in each word's input;
            `"input-x-gradient"`, that times the input; `"integrated-gradients"`, the
            input times the mean slope on the way from no words to the document, which
            sum to the number's change where the network is continuous, so where
            nothing competes; `"guided"` and `"deconvolution"`, gradients with other
            rules at the units, see `DocumentNetwork`.

    Returns:
        A score for each word, float64 `(n_words,)`.

    Raises:
        InputError: If there is no such rule.

    Example:
        >>> import numpy as np, tensorflow as tf
        >>> from kate_keras.analysis import DocumentNetwork, attribute
        >>> kernel = np.array([[1.0, 0.0], [-2.0, 1.0]])
        >>> x = np.array([1.0, 0.5])
        >>> network = DocumentNetwork(x, kernel, np.zeros(2), tf.tanh)
        >>> attribute(network, lambda code: code[:, 1]).round(4).tolist()
        [0.0, 0.4621]
        >>> round(float(np.tanh(0.5)), 4)
        0.4621

    Reference:
        Simonyan, Vedaldi and Zisserman 2014 (gradient); Shrikumar, Greenside and
        Kundaje 2017 (input x gradient); Sundararajan, Taly and Yan, "Axiomatic
        Attribution for Deep Networks", ICML 2017; Springenberg et al. 2015 (guided);
        Zeiler and Fergus 2014 (deconvolution).
    """
    require_text(rule, "rule")
    if rule not in RULES:
        raise InputError(f"`rule` must be one of {list(RULES)}. Received: {rule!r}")
    return RULES[rule](network, target)


def topic_target(topic: int, n_components: int) -> Target:
    """Explains a unit's activation.

    Args:
        topic: Number of the unit, from 0.
        n_components: How many there are.

    Raises:
        InputError: If there is no such unit.
    """
    require_count(topic, "topic")
    require(topic < n_components, "topic", f"from 0 to {n_components - 1}", topic)
    return lambda code: code[:, topic]


def word_target(row: np.ndarray, bias: float) -> Target:
    """Explains the logit of a word of the reconstruction.

    Args:
        row: The word's row of `W`, shape `(n_components,)`.
        bias: Its bias `c`.
    """
    return lambda code: tf.linalg.matvec(code, tf.constant(row, code.dtype)) + bias


def similarity_target(
    network: DocumentNetwork,
    vector: np.ndarray,
    origin: np.ndarray,
    whitening: np.ndarray,
) -> Target:
    """Explains the cosine of the document's vector `v` with another, `w`.

        target(h) = vector(h) . w / (|v| |w|)

    The length `|v|` is held at that of the whole document. A zero vector, such as that
    of a text without words, has no direction, and the cosine would leap where the first
    word comes in; so the number grows from 0 there to the cosine, and the scores of
    integrated gradients say what each word adds to the cosine.

    Args:
        network: The network, as the document sees it.
        vector: The other's vector `w`, shape `(n_components,)`.
        origin: Activations whose vector is zero, shape `(n_components,)`.
        whitening: Rotation and scale of the read-out, `(n_components, n_components)`.
    """
    code = network.code(tf.constant(network.x[None])).numpy()[0]
    lengths = np.linalg.norm((code - origin) @ whitening) * np.linalg.norm(vector)
    # What the read-out and the other's direction make of an activation.
    slope = whitening @ vector / lengths if lengths else np.zeros(len(origin))
    return lambda code: tf.linalg.matvec(
        code - tf.constant(origin, code.dtype), tf.constant(slope, code.dtype)
    )


def value_of(network: DocumentNetwork, target: Target, share: float = 1.0) -> float:
    """Returns the number for a share of the document's input; 0, for no words."""
    return float(target(network.code(tf.constant(share * network.x[None])))[0])


def _slopes(code: Code, target: Target, x: np.ndarray) -> np.ndarray:
    """Gradients at inputs `(n, n_words)`."""
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(target(code(inputs)))
    slopes: np.ndarray = tape.gradient(
        total, inputs, unconnected_gradients=tf.UnconnectedGradients.ZERO
    ).numpy()
    return slopes


def _slope(network: DocumentNetwork, target: Target, code: Code) -> np.ndarray:
    """The gradient at the document."""
    slope: np.ndarray = _slopes(code, target, network.x[None])[0]
    return slope


def _gradient(network: DocumentNetwork, target: Target) -> np.ndarray:
    return _slope(network, target, network.code)


def _input_x_gradient(network: DocumentNetwork, target: Target) -> np.ndarray:
    scores: np.ndarray = network.x * _gradient(network, target)
    return scores


def _integrated(network: DocumentNetwork, target: Target) -> np.ndarray:
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    way = (nodes[:, None] + 1) / 2 * network.x
    mean = weights / 2 @ _slopes(network.code, target, way)
    scores: np.ndarray = network.x * mean
    return scores


def _guided(network: DocumentNetwork, target: Target) -> np.ndarray:
    return _slope(network, target, network.guided_code)


def _deconvolution(network: DocumentNetwork, target: Target) -> np.ndarray:
    return _slope(network, target, network.deconvolved_code)


RULES: dict[str, Callable[[DocumentNetwork, Target], np.ndarray]] = {
    "gradient": _gradient,
    "input-x-gradient": _input_x_gradient,
    "integrated-gradients": _integrated,
    "guided": _guided,
    "deconvolution": _deconvolution,
}
