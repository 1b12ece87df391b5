"""The public names, once; what the package offers is exactly these."""

import importlib

import pytest

PUBLIC = {
    "kate_keras": "InputError KATE analysis layers load models plots",
    "kate_keras.layers": (
        "ContractiveDense GaussianCode GaussianNoise KCompetitive KSparse LogCount "
        "MaskingNoise PAPER_ALPHA ReadOut SaltAndPepperNoise TiedDense compete "
        "Whitening gaussian_divergence sigmoid whitening_matrix winners"
    ),
    "kate_keras.models": (
        "Autoencoder ContractiveAutoencoder DeepKATEAutoencoder "
        "DenoisingAutoencoder KATEAutoencoder KSparseAutoencoder "
        "OneLayerAutoencoder PlainAutoencoder VARIANTS VariationalAutoencoder "
        "Variant resolve_variant"
    ),
    "kate_keras.training": (
        "BinaryCrossentropy CompetitionMonitor RECIPES Recipe WordCrossentropy "
        "adapt_input adapt_output adapt_read_out best_epoch continue_training "
        "customized_recipe reconstruction_loss reconstruction_losses resolve_recipe "
        "scaled_alpha scaled_learning_rate scaled_separation scaled_weight_decay train "
        "update_recipe"
    ),
    "kate_keras.text": (
        "Corpus Document Vocabulary as_text_tensor batched build_vocabulary "
        "count_forms count_words open_counts read_corpus tokenize"
    ),
    "kate_keras.artifact": (
        "Signatures TrainedModel encode_counts encode_text_batches encode_texts export "
        "fingerprint load_model save_model"
    ),
    "kate_keras.analysis": (
        "Attribution Classification DocumentNetwork Evaluation Explanation FRACTIONS "
        "GradientFlow LENGTHS LengthBin PairExplanation Retrieval SharedTopic Topic "
        "TopicDrift TopicMatch TopicQuality TopicShare WordChange WordDrift "
        "WordSimilarity activation_statistics attribute c_v classify dead_units "
        "evaluate evaluate_ratings explain gradient_flow inverted_rbo match_topics "
        "measure_retrieval mscd neighbour_overlap npmi read_word_pairs saturation "
        "similar_words stability topic_diversity topic_drift topic_ends "
        "topic_quality topic_word_ids topics word_drift word_similarity"
    ),
    "kate_keras.plots": (
        "documents_html highlights_html plot_activations plot_confusion plot_documents "
        "plot_effect plot_highlights plot_neighbours plot_retrieval plot_topic "
        "plot_topic_similarity plot_topic_words plot_training plot_word_cloud project"
    ),
    "kate_keras.index": (
        "DocumentIndex DocumentMap IndexWriter Match StoredDocument delete_documents"
    ),
    "kate_keras.scale": "choose_words count_corpus encode_corpus fit_distributed",
}


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_exactly_those_listed(module):
    imported = importlib.import_module(module)
    assert sorted(imported.__all__) == sorted(PUBLIC[module].split())
    for name in imported.__all__:
        assert getattr(imported, name) is not None


def test_every_public_name_has_a_docstring():
    for module in PUBLIC:
        imported = importlib.import_module(module)
        for name in imported.__all__:
            if callable(getattr(imported, name)):
                assert getattr(imported, name).__doc__, f"{module}.{name}"
