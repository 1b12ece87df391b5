"""Similar documents: vectors with ids, labels and snippets, in a LanceDB folder.

Needs `pip install 'kate_keras[index]'`.
"""

import os

from kate_keras.extras import attach_extra

# LanceDB would tell of every table that is made, on stderr.
os.environ.setdefault("LANCEDB_LOG", "error")

__getattr__, __dir__, __all__ = attach_extra(
    __name__, __file__, "index", "LanceDB", ("filelock", "lancedb", "pyarrow")
)
