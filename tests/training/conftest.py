"""A corpus of counts that trains in a moment."""

import numpy as np
import pytest
from scipy import sparse


@pytest.fixture(scope="session")
def counts():
    """60 documents in three groups, each with five of the 15 words to itself."""
    generator = np.random.default_rng(0)
    rates = np.kron(np.eye(3), np.ones((20, 5))) * 2 + 0.05
    return sparse.csr_array(generator.poisson(rates).astype("float32"))
