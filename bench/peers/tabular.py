"""
A training step of a multi-task network on table rows: gather a batch, forward, two binary losses, backward, Adam. One Python module per
expert, gate and tower, as torch-rechub and DeepCTR-Torch build them; every hidden layer has batch norm.
"""
import torch
from torch import nn

from networks import faster_adam, mlp, prepare

ROWS = 8192  # held in memory; a batch is a random choice of them


class Inputs(nn.Module):
    """One embedding table per category field, joined with the numbers."""

    def __init__(self, numbers, cardinalities, widths):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(count, width) for count, width in zip(cardinalities, widths))
        self.width = numbers + sum(widths)

    def forward(self, numbers, ids):
        return torch.cat([table(ids[:, i]) for i, table in enumerate(self.tables)] + [numbers], 1)


def mix(gate, x, experts):
    """Expert outputs weighted by the gate's softmax; experts is [rows, experts, width]."""
    return torch.bmm(gate(x).softmax(1).unsqueeze(1), experts).squeeze(1)


class SharedBottom(nn.Module):
    """One stack of layers for all tasks (Caruana 1997)."""

    def __init__(self, inputs, tasks, bottom, tower):
        super().__init__()
        self.inputs = inputs
        self.bottom = mlp(inputs.width, bottom, norm=True)
        self.towers = nn.ModuleList(mlp(bottom[-1], [tower], 1, norm=True) for _ in range(tasks))

    def forward(self, numbers, ids):
        h = self.bottom(self.inputs(numbers, ids))
        return [tower(h) for tower in self.towers]


class MMoE(nn.Module):
    """Multi-gate mixture of experts (Ma et al. 2018)."""

    def __init__(self, inputs, tasks, experts, width, tower):
        super().__init__()
        self.inputs = inputs
        self.experts = nn.ModuleList(mlp(inputs.width, [width], norm=True) for _ in range(experts))
        self.gates = nn.ModuleList(nn.Linear(inputs.width, experts) for _ in range(tasks))
        self.towers = nn.ModuleList(mlp(width, [tower], 1, norm=True) for _ in range(tasks))

    def forward(self, numbers, ids):
        x = self.inputs(numbers, ids)
        experts = torch.stack([expert(x) for expert in self.experts], 1)
        return [tower(mix(gate, x, experts)) for gate, tower in zip(self.gates, self.towers)]


class Cgc(nn.Module):
    """One extraction layer (Tang et al. 2020): experts of each task and shared ones, each run on its own stream."""

    def __init__(self, inputs, tasks, specific, shared, width, last):
        super().__init__()
        self.specific = nn.ModuleList(nn.ModuleList(mlp(inputs, [width], norm=True) for _ in range(specific)) for _ in range(tasks))
        self.shared = nn.ModuleList(mlp(inputs, [width], norm=True) for _ in range(shared))
        self.gates = nn.ModuleList(nn.Linear(inputs, specific + shared) for _ in range(tasks))
        self.shared_gate = None if last else nn.Linear(inputs, tasks * specific + shared)

    def forward(self, streams):
        specific = [[expert(stream) for expert in experts] for experts, stream in zip(self.specific, streams)]
        shared = [expert(streams[-1]) for expert in self.shared]
        outputs = [mix(gate, stream, torch.stack(own + shared, 1)) for gate, stream, own in zip(self.gates, streams, specific)]
        if self.shared_gate is not None:
            outputs.append(mix(self.shared_gate, streams[-1], torch.stack(sum(specific, []) + shared, 1)))
        return outputs


class Ple(nn.Module):
    """Progressive layered extraction (Tang et al. 2020): extraction layers on top of each other."""

    def __init__(self, inputs, tasks, levels, specific, shared, width, tower):
        super().__init__()
        self.inputs = inputs
        self.levels = nn.ModuleList(
            Cgc(width if level else inputs.width, tasks, specific, shared, width, level == levels - 1) for level in range(levels))
        self.towers = nn.ModuleList(mlp(width, [tower], 1, norm=True) for _ in range(tasks))
        self.tasks = tasks

    def forward(self, numbers, ids):
        streams = [self.inputs(numbers, ids)] * (self.tasks + 1)
        for level in self.levels:
            streams = level(streams)
        return [tower(stream) for tower, stream in zip(self.towers, streams)]


def mmoe(batch, tasks, numbers, cardinalities, widths, experts, width, tower):
    return step(lambda inputs: MMoE(inputs, int(tasks), int(experts), int(width), int(tower)), batch, tasks, numbers, cardinalities, widths)


def ple(batch, tasks, numbers, cardinalities, widths, levels, specific, shared, width, tower):
    return step(lambda inputs: Ple(inputs, int(tasks), int(levels), int(specific), int(shared), int(width), int(tower)), batch, tasks, numbers, cardinalities, widths)


def shared_bottom(batch, tasks, numbers, cardinalities, widths, bottom, tower):
    bottom = [int(width) for width in bottom.split(",")]
    return step(lambda inputs: SharedBottom(inputs, int(tasks), bottom, int(tower)), batch, tasks, numbers, cardinalities, widths)


def step(network, batch, tasks, numbers, cardinalities, widths):
    batch, tasks, numbers = int(batch), int(tasks), int(numbers)
    cardinalities, widths = ([int(word) for word in words.split(",")] for words in (cardinalities, widths))
    prepare()
    values, labels = torch.randn(ROWS, numbers), (torch.rand(ROWS, tasks) < 0.3).float()
    ids = torch.stack([torch.randint(count, (ROWS,)) for count in cardinalities], 1)
    loss_of = nn.BCEWithLogitsLoss()

    def build(foreach):
        model = network(Inputs(numbers, cardinalities, widths))
        model.train()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)
        order, at = torch.randperm(ROWS), 0

        def run():
            nonlocal at
            at = 0 if at + batch > ROWS else at
            rows = order[at:at + batch]
            at += batch
            optimizer.zero_grad(set_to_none=True)
            outputs, targets = model(values[rows], ids[rows]), labels[rows]
            sum(loss_of(output[:, 0], targets[:, k]) for k, output in enumerate(outputs)).backward()
            optimizer.step()

        return run

    return faster_adam(build)
