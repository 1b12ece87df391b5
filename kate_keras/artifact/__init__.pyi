from .encoding import (
    encode_counts as encode_counts,
)
from .encoding import (
    encode_text_batches as encode_text_batches,
)
from .encoding import (
    encode_texts as encode_texts,
)
from .identity import (
    fingerprint as fingerprint,
)
from .model_folder import (
    TrainedModel as TrainedModel,
)
from .model_folder import (
    load_model as load_model,
)
from .model_folder import (
    save_model as save_model,
)
from .saved_model import (
    export as export,
)
from .signatures import (
    Signatures as Signatures,
)
