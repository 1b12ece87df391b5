from .counts import (
    count_corpus as count_corpus,
)
from .encoding import (
    encode_corpus as encode_corpus,
)
from .vocabulary import (
    choose_words as choose_words,
)
