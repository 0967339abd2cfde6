"""
The one place that turns the name of an encoder into an encoder.
"""

from index.bilingual_encoder import BilingualEncoder
from index.bilingual_model import open_model
from index.encoder import BILINGUAL, SENTENCE_TRANSFORMERS, Encoder, EncoderOptions
from index.errors import InputError


def open_encoder(options: EncoderOptions) -> Encoder:
    """
    Open the encoder that *options* name.

    Args:
        options: Name and run-time options.

    Raises:
        InputError: The name is of no known kind.
        ModelUnavailable: The model cannot be loaded.
    """
    if options.name == BILINGUAL:
        return BilingualEncoder(open_model())
    if options.name.startswith(SENTENCE_TRANSFORMERS):
        from index.transformer_encoder import TransformerEncoder  # leads to torch

        return TransformerEncoder(options)
    raise InputError(
        f"Unknown encoder {options.name!r}. "
        f"Use {BILINGUAL}, or {SENTENCE_TRANSFORMERS}<name or path>."
    )
