"""Callbacks for a training of the estimator, which takes none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import keras


@contextmanager
def added_callbacks(*callbacks: keras.callbacks.Callback) -> Iterator[None]:
    """Adds callbacks before its own to whatever Keras fits meanwhile."""
    fit = keras.Model.fit

    def fit_with_more(self: keras.Model, *args: Any, **options: Any) -> Any:
        own = options.pop("callbacks", None) or []
        return fit(self, *args, callbacks=[*callbacks, *own], **options)

    with mock.patch.object(keras.Model, "fit", fit_with_more):
        yield
