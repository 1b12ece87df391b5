from .counts import (
    count_corpus as count_corpus,
)
from .encoding import (
    encode_corpus as encode_corpus,
)
from .training import (
    fit_distributed as fit_distributed,
)
from .vocabulary import (
    choose_words as choose_words,
)
