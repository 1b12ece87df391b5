"""`python -m kate_keras` is `kate`."""

import sys

from kate_keras.cli import main

if __name__ == "__main__":
    sys.exit(main())
