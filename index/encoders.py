"""
The one place that turns the name of an encoder into an encoder.
"""

from index.encoder import KIWI, SENTENCE_TRANSFORMERS, Encoder, EncoderOptions, IdfOf
from index.errors import InputError
from index.kiwi_encoder import KiwiEncoder


def open_encoder(options: EncoderOptions, idf_of: IdfOf) -> Encoder:
    """
    Open the encoder that *options* name.

    Args:
        options: Name and run-time options.
        idf_of: Weights of terms, used by encoders that work on terms.

    Raises:
        InputError: The name is of no known kind.
        ModelUnavailable: The model cannot be loaded.
    """
    if options.name == KIWI:
        return KiwiEncoder(idf_of)
    if options.name.startswith(SENTENCE_TRANSFORMERS):
        from index.transformer_encoder import TransformerEncoder  # leads to torch

        return TransformerEncoder(options)
    raise InputError(
        f"Unknown encoder {options.name!r}. Use {KIWI}, or {SENTENCE_TRANSFORMERS}<name or path>."
    )
