from .batched import (
    batched as batched,
)
from .corpus import (
    Corpus as Corpus,
)
from .counts import (
    count_forms as count_forms,
    count_words as count_words,
)
from .counts_folder import (
    open_counts as open_counts,
)
from .document import (
    Document as Document,
)
from .source import (
    read_corpus as read_corpus,
)
from .tokenizer import (
    as_text_tensor as as_text_tensor,
    tokenize as tokenize,
)
from .vocabulary import (
    Vocabulary as Vocabulary,
)
from .word_choice import (
    build_vocabulary as build_vocabulary,
)
