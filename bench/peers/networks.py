"""What several cases share: a plain stack of layers, and Adam at its faster setting."""
import time

import torch
from torch import nn


def mlp(inputs, hidden, output=None, norm=False):
    """Linear maps with ReLU, with batch norm in between if asked for, and an optional last linear map."""
    layers = []
    for width in hidden:
        layers += [nn.Linear(inputs, width), *([nn.BatchNorm1d(width)] if norm else []), nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers, *([nn.Linear(inputs, output)] if output else []))


def faster_adam(build):
    """
    build(foreach) makes a training step whose Adam updates parameter by parameter or all in one call; which is faster depends on
    their number and size. Both are tried, the faster one is returned.
    """
    steps = [build(foreach) for foreach in (False, True)]
    seconds = []
    for step in steps:
        for _ in range(5):
            step()
        start = time.perf_counter()
        for _ in range(10):
            step()
        seconds.append(time.perf_counter() - start)
    return steps[seconds.index(min(seconds))]


def prepare(seed=1):
    """Call before a case is built: threads as told by the environment, and fixed numbers."""
    import os
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(seed)
