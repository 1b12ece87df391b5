from .deletion import (
    delete_documents as delete_documents,
)
from .document_index import (
    DocumentIndex as DocumentIndex,
)
from .document_map import (
    DocumentMap as DocumentMap,
)
from .index_writer import (
    IndexWriter as IndexWriter,
)
from .stored_document import (
    Match as Match,
    StoredDocument as StoredDocument,
)

__all__ = [
    "DocumentIndex",
    "DocumentMap",
    "IndexWriter",
    "Match",
    "StoredDocument",
    "delete_documents",
]
