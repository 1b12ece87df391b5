from .encoding import (
    encode_counts as encode_counts,
    encode_text_batches as encode_text_batches,
    encode_texts as encode_texts,
)
from .identity import (
    fingerprint as fingerprint,
)
from .model_folder import (
    TrainedModel as TrainedModel,
    load_model as load_model,
    save_model as save_model,
)
from .saved_model import (
    export as export,
)
from .signatures import (
    Signatures as Signatures,
)
