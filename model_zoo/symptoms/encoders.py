"""The two small networks that read a text: a Transformer encoder and a bidirectional LSTM, pieces in, one logit per condition.

Both take the mask beside the pieces, so that an attribution can put empty pieces in the place of words without the network
noticing a shorter text. Logits are centred over the conditions: a softmax is the same, and the logit of one condition then
says how much it stands out from the others.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

TRANSFORMER, LSTM = "transformer", "lstm"
LONGEST = 448  # pieces; the longest training text has about 400


class SymptomTransformer(nn.Module):
    """Pre-norm Transformer encoder with learned places. Pooled by mean and maximum over the pieces.

    Input: pieces int64 (texts, places), 0 is padding; mask bool of the same shape, True where a piece stands.
    Output: float32 (texts, conditions), centred logits.
    """

    def __init__(
        self, pieces: int, conditions: int, width: int = 64, heads: int = 4, layers: int = 2, drop: float = 0.1
    ):
        super().__init__()
        self.embedding = nn.Embedding(pieces, width, padding_idx=0)
        self.places = nn.Parameter(torch.randn(LONGEST, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, heads, 2 * width, drop, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)
        self.drop = nn.Dropout(drop)
        self.head = nn.Linear(2 * width, conditions)

    def forward(self, pieces: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = self.embedding(pieces) + self.places[: pieces.shape[1]]
        x = self.encoder(self.drop(x), src_key_padding_mask=~mask)
        return _centred(self.head(self.drop(_pooled(x, mask))))


class SymptomLstm(nn.Module):
    """Bidirectional LSTM, pooled by mean and maximum. Input and output as of the Transformer."""

    def __init__(self, pieces: int, conditions: int, width: int = 64, hidden: int = 64, drop: float = 0.2):
        super().__init__()
        self.embedding = nn.Embedding(pieces, width, padding_idx=0)
        self.lstm = nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(drop)
        self.head = nn.Linear(4 * hidden, conditions)

    def forward(self, pieces: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = self.drop(self.embedding(pieces))
        # Packed, so that the backward direction begins at the last word and not in the padding.
        packed = nn.utils.rnn.pack_padded_sequence(x, mask.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False)
        y, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=pieces.shape[1])
        return _centred(self.head(self.drop(_pooled(y, mask))))


def build_encoder(kind: str, pieces: int, conditions: int, **options: Any) -> nn.Module:
    """Return the network of that kind, not trained.

    Parameters
    ----------
    kind
        "transformer" or "lstm".
    pieces
        Size of the vocabulary.
    conditions
        How many logits.
    **options
        Sizes of the layers, where they are not the usual ones.
    """
    if kind not in (TRANSFORMER, LSTM):
        raise ValueError(f"expected '{TRANSFORMER}' or '{LSTM}', got '{kind}'")
    return (SymptomTransformer if kind == TRANSFORMER else SymptomLstm)(pieces, conditions, **options)


def _pooled(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    held = mask[..., None]
    mean = (x * held).sum(dim=1) / held.sum(dim=1).clamp(min=1)
    return torch.cat([mean, x.masked_fill(~held, -1e4).amax(dim=1)], dim=1)


def _centred(logits: torch.Tensor) -> torch.Tensor:
    return logits - logits.mean(dim=1, keepdim=True)
