"""Pictures of a model: every function draws on the axes it is given and returns them.

`ax=None` draws on a new figure. Nothing is shown, saved or set for other figures:
`ax.figure.savefig("topic.png")` writes a file. The functions take what `topics`,
`explain`, `transform` and the measures return, not a model.
"""

from kate_keras.extras import attach_extra

__getattr__, __dir__, __all__ = attach_extra(
    __name__, __file__, "plots", "matplotlib", ("matplotlib",)
)
