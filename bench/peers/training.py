"""A scalar training step of a plain network: forward, squared error, backward, Adam."""
import torch
from torch.nn import functional

from networks import faster_adam, mlp, prepare


def step(batch, inputs, *hidden):
    batch, inputs, hidden = int(batch), int(inputs), [int(width) for width in hidden]
    prepare()
    x, y = torch.randn(batch, inputs), torch.randn(batch, 1)

    def build(foreach):
        model = mlp(inputs, hidden, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)

        def run():
            optimizer.zero_grad(set_to_none=True)
            functional.mse_loss(model(x), y).backward()
            optimizer.step()

        return run

    return faster_adam(build)
