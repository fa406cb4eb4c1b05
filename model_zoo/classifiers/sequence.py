"""Several frames or slices read as one study: attention pooling over what the network says of each frame.

Each frame goes through the scan model as usual; its pooled features and its logits are weighed by a small head that was
trained on runs of neighbouring slices, some of them with the lesion painted over. The weights say which frames decided.

Reference: Ilse et al. 2018, arXiv:1802.04712 (attention-based pooling of multiple instances).
"""

from __future__ import annotations

import torch
from torch import nn

# Of the hidden layer that weighs frames; the sets are small, and so is it.
ATTENTION_WIDTH = 32


class AttentionPool(nn.Module):
    """Weigh frames and read them together.

    Parameters
    ----------
    features: pooled features per frame. outputs: logits per frame, as the scan model gives them, and of the study.

    ``forward`` maps features (B, T, features), logits (B, T, outputs) and a mask (B, T; True where there is a frame) to
    study logits (B, outputs), log-odds of exclusive outputs, and weights (B, T) that sum to 1.
    """

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(features)
        self.hidden = nn.Linear(features + outputs, ATTENTION_WIDTH)
        self.weigh = nn.Linear(ATTENTION_WIDTH, 1)
        # Starts as the plain weighted mean of the frames' own logits and learns what to add.
        self.read = nn.Linear(features, outputs)
        nn.init.zeros_(self.read.weight)
        nn.init.zeros_(self.read.bias)
        self.scale = nn.Parameter(torch.ones(()))

    def forward(
        self, features: torch.Tensor, logits: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        normed = self.norm(features)
        energy = self.weigh(torch.tanh(self.hidden(torch.cat([normed, logits], dim=-1))))[..., 0]
        weights = torch.softmax(energy.masked_fill(~mask, float("-inf")), dim=1)
        pooled = (weights[..., None] * (self.scale * logits + self.read(normed))).sum(1)
        return log_odds(pooled), weights


def log_odds(logits: torch.Tensor) -> torch.Tensor:
    """Return the log-odds of a softmax over exclusive outputs (..., K); one output is passed through."""
    if logits.shape[-1] == 1:
        return logits
    others = [
        torch.logsumexp(torch.cat([logits[..., :k], logits[..., k + 1 :]], dim=-1), dim=-1)
        for k in range(logits.shape[-1])
    ]
    return logits - torch.stack(others, dim=-1)
