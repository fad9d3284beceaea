"""One transformer encoder block (Vaswani et al. 2017), normalisation after each part, ReLU: forward, and backward to parameters and input."""
import torch
from torch import nn

from networks import prepare


def block(width, heads, length, batch, hidden):
    width, heads, length, batch, hidden = int(width), int(heads), int(length), int(batch), int(hidden)
    prepare()
    layer = nn.TransformerEncoderLayer(width, heads, hidden, dropout=0.0, activation="relu", batch_first=True, norm_first=False)
    layer.train()
    x, cotangent = torch.randn(batch, length, width, requires_grad=True), torch.randn(batch, length, width)

    def run():
        layer.zero_grad(set_to_none=True)
        x.grad = None
        layer(x).backward(cotangent)

    return run
