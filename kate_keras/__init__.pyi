from . import (
    analysis as analysis,
    layers as layers,
    models as models,
    plots as plots,
)
from .errors import InputError as InputError
from .estimator import KATE as KATE
from .loading import load as load

__version__: str
