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


class FeatureGate(nn.Module):
    """A view of the input: x times a mixture of 2 sigmoid(x B A) over low-rank maps (HoME, Wang et al. 2025)."""

    def __init__(self, inputs, rank, count):
        super().__init__()
        self.down = nn.Parameter(torch.randn(count, inputs, rank) * 0.1)
        self.up = nn.Parameter(torch.zeros(count, rank, inputs))
        self.mix = nn.Linear(inputs, count)

    def forward(self, x):
        maps = 2 * torch.sigmoid(torch.einsum("bd,ldr,lre->ble", x, self.down, self.up))
        return x * torch.bmm(self.mix(x).softmax(1).unsqueeze(1), maps).squeeze(1)


def swish_expert(inputs, width):
    return nn.Sequential(nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.SiLU())


class Consumer(nn.Module):
    """Experts of one owner on a view of their own."""

    def __init__(self, inputs, experts, width, rank, count):
        super().__init__()
        self.gate = FeatureGate(inputs, rank, count)
        self.experts = nn.ModuleList(swish_expert(inputs, width) for _ in range(experts))

    def forward(self, x):
        view = self.gate(x)
        return [expert(view) for expert in self.experts]


class SelfGate(nn.Module):
    """An owner's experts once more beside the mixture: softmax weights, or a sigmoid for a single one."""

    def __init__(self, inputs, experts):
        super().__init__()
        self.gate, self.single = nn.Linear(inputs, experts), experts == 1

    def forward(self, x, experts):
        weights = torch.sigmoid(self.gate(x)) if self.single else self.gate(x).softmax(1)
        return torch.bmm(weights.unsqueeze(1), torch.stack(experts, 1)).squeeze(1)


class Home(nn.Module):
    """HoME with two groups, the tasks in halves."""

    def __init__(self, inputs, tasks, meta_shared, meta_group, shared, group, own, width, rank, count, tower):
        super().__init__()
        self.inputs, wide = inputs, inputs.width
        self.groups = [range(tasks // 2), range(tasks // 2, tasks)]
        counts = [meta_shared, meta_group, meta_group]
        self.meta = nn.ModuleList(Consumer(wide, experts, width, rank, count) for experts in counts)
        self.meta_gates = nn.ModuleList(nn.Linear(wide, experts) for experts in (sum(counts), meta_shared + meta_group, meta_shared + meta_group))
        self.meta_self = nn.ModuleList(SelfGate(wide, experts) for experts in counts)
        self.shared = Consumer(width, shared, width, rank, count)
        self.of_group = nn.ModuleList(Consumer(width, group, width, rank, count) for _ in self.groups)
        self.own = nn.ModuleList(Consumer(width, own, width, rank, count) for _ in range(tasks))
        self.gates = nn.ModuleList(nn.Linear(2 * width, shared + group + own) for _ in range(tasks))
        self.own_self = nn.ModuleList(SelfGate(width, own) for _ in range(tasks))
        self.towers = nn.ModuleList(mlp(width, [tower], 1) for _ in range(tasks))

    def forward(self, numbers, ids):
        x = self.inputs(numbers, ids)
        experts = [consumer(x) for consumer in self.meta]
        seen = [sum(experts, []), experts[0] + experts[1], experts[0] + experts[2]]
        z = [mix(gate, x, torch.stack(some, 1)) + own(x, private) for gate, some, own, private in zip(self.meta_gates, seen, self.meta_self, experts)]
        shared, outputs = self.shared(z[0]), []
        for g, tasks in enumerate(self.groups):
            group = self.of_group[g](z[g + 1])
            both = torch.cat([z[g + 1], z[0]], 1)
            for t in tasks:
                own = self.own[t](z[g + 1])
                outputs.append(self.towers[t](mix(self.gates[t], both, torch.stack(shared + group + own, 1)) + self.own_self[t](z[g + 1], own)))
        return outputs


def home(batch, tasks, numbers, cardinalities, widths, *sizes):
    return step(lambda inputs: Home(inputs, int(tasks), *(int(size) for size in sizes)), batch, tasks, numbers, cardinalities, widths)


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
