"""Adam for gradients that touch some rows of a variable."""

from typing import Any

import keras
import tensorflow as tf


class RowAdam(keras.optimizers.Optimizer):
    """Adam whose step costs what the touched rows cost.

    A row that no gradient reaches stays as it is until one does. Then its moments and
    its weights decay by the steps that it missed, and it makes up for the way that
    momentum would have taken it meanwhile. A dense gradient is a plain step of Adam, in
    one fused operation.

        s    steps since the row was last touched, at least 1
        way  (beta_1 + ... + beta_1^s) m + (1 - beta_1) g
        m <- beta_1^s m + (1 - beta_1) g
        v <- beta_2^s v + (1 - beta_2) g^2
        w <- exp(-learning_rate weight_decay s) w - rate way / (sqrt(v) + epsilon)

    `rate` is the learning rate with Adam's correction of the bias of both moments.
    Without their decay a row that is rarely touched keeps moments that are far too old.
    The decay of weights is apart from the gradient, as in AdamW, whose factor
    `1 - learning_rate weight_decay` is this one's beginning; this one never turns a
    weight's sign. Missed steps decay by the learning rate of now. Variables of one
    axis, biases, decay by a share of `weight_decay`.

    Args:
        learning_rate: Step size.
        beta_1: Decay of the first moment `m`.
        beta_2: Decay of the second moment `v`.
        epsilon: Added to the divisor.
        bias_decay: Share of `weight_decay` by which variables of one axis decay.
        **kwargs: Keras optimiser arguments, `weight_decay` among them.

    Reference:
        Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
        Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
    """

    def __init__(
        self,
        learning_rate: float = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        bias_decay: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.bias_decay = bias_decay

    def build(self, variables: list[keras.Variable]) -> None:
        """Makes both moments of every variable, and the last step of every row."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        self._last_steps = [
            self.add_variable(v.shape[:1], dtype=v.dtype, name="last_step")
            for v in variables
        ]

    def update_step(
        self,
        gradient: tf.Tensor | tf.IndexedSlices,
        variable: tf.Variable,
        learning_rate: tf.Tensor,
    ) -> None:
        """Moves one variable.

        Args:
            gradient: Gradient, dense or of rows that are named once each.
            variable: What to move.
            learning_rate: Step size, a scalar.
        """
        index = self._get_variable_index(variable)
        m, v, last = (
            slot[index].value
            for slot in (self._momentums, self._velocities, self._last_steps)
        )
        dtype = variable.dtype
        step = tf.cast(self.iterations + 1, dtype)
        rate = tf.cast(learning_rate, dtype)
        strength = self._weight_decay_of(variable)
        decay = strength * rate
        beta_1, beta_2 = (tf.constant(b, dtype) for b in (self.beta_1, self.beta_2))
        powers = tf.pow(beta_1, step), tf.pow(beta_2, step)
        if not isinstance(gradient, tf.IndexedSlices):
            if strength:
                variable.assign(tf.exp(-decay) * variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=beta_1,
                beta2=beta_2,
                epsilon=tf.constant(self.epsilon, dtype),
                grad=gradient,
            )
            return
        rate *= tf.sqrt(1 - powers[1]) / (1 - powers[0])
        rows, g = gradient.indices, gradient.values
        missed = step - tf.gather(last, rows) - 1
        missed = tf.reshape(missed, [-1] + [1] * (len(variable.shape) - 1))
        kept_m = beta_1 * tf.pow(beta_1, missed)
        kept_v = beta_2 * tf.pow(beta_2, missed)
        # beta_1 + beta_1^2 + ... + beta_1^s
        ways = self.beta_1 * (1 - kept_m) / (1 - self.beta_1)
        old_m = tf.gather(m, rows)
        new_m = kept_m * old_m + (1 - self.beta_1) * g
        new_v = kept_v * tf.gather(v, rows) + ((1 - self.beta_2) * g) * g
        way = (rate * ways) * old_m + (rate * (1 - self.beta_1)) * g
        w = tf.gather(variable, rows)
        if strength:
            w *= tf.exp(-decay * (missed + 1))
        moved = w - way / (tf.sqrt(new_v) + self.epsilon)
        for state, values in ((m, new_m), (v, new_v), (variable, moved)):
            state.scatter_update(tf.IndexedSlices(values, rows))
        steps = tf.fill(tf.shape(rows), step)
        last.scatter_update(tf.IndexedSlices(steps, rows))

    def _weight_decay_of(self, variable: tf.Variable) -> float:
        """Returns how much of a variable decays per unit of the learning rate."""
        if self.weight_decay is None or not self._use_weight_decay(variable):
            return 0.0
        share = self.bias_decay if len(variable.shape) == 1 else 1.0
        return share * float(self.weight_decay)

    def _apply_weight_decay(self, variables: list[keras.Variable]) -> None:
        """Leaves it to `update_step`: Keras would sweep all rows."""

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this optimiser anew."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "bias_decay": self.bias_decay,
        }
