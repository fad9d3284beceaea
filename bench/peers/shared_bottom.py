"""Training rows per second of a shared-bottom network in PyTorch, the peer of `Polymath.Benchmarks throughput shared-bottom`.

Same columns (32 category fields, 7 numbers), embedding widths, layers (256, 128, batch norm, ReLU; towers of 64), two binary
tasks, Adam 1e-3, same batch and rows; the data are random ids and labels held in memory as tensors, since only sizes matter.
usage: shared_bottom.py [threads] [batch]
"""
import sys
import time

import torch
from torch import nn

CARDINALITIES = [10, 53, 48, 18, 4, 25, 16, 6, 11, 3, 4, 7, 9, 7, 7, 52, 38, 9, 11, 10, 11, 4, 5, 6, 44, 44, 44, 6, 4, 4, 4, 3]
NUMBERS = 7
ROWS, EPOCHS = 512 * 60, 6


def width(count):
    return min(50, max(1, round(1.6 * count ** 0.56)))


def mlp(inputs, hidden, output=None):
    layers = []
    for size in hidden:
        layers += [nn.Linear(inputs, size), nn.BatchNorm1d(size), nn.ReLU()]
        inputs = size
    return nn.Sequential(*layers, *([nn.Linear(inputs, output)] if output else []))


class SharedBottom(nn.Module):
    def __init__(self, tasks=2):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(count, width(count)) for count in CARDINALITIES)
        self.bottom = mlp(sum(map(width, CARDINALITIES)) + NUMBERS, [256, 128])
        self.towers = nn.ModuleList(mlp(128, [64], 1) for _ in range(tasks))

    def forward(self, numbers, ids):
        columns = [table(ids[:, i]) for i, table in enumerate(self.tables)]
        h = self.bottom(torch.cat(columns + [numbers], 1))
        return [tower(h)[:, 0] for tower in self.towers]


def main():
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else 512
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    numbers = torch.randn(ROWS, NUMBERS)
    ids = torch.stack([torch.randint(count, (ROWS,)) for count in CARDINALITIES], 1)
    labels = (torch.rand(ROWS, 2) < 0.3).float()
    model = SharedBottom()
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach="foreach" in sys.argv)
    loss_of = nn.BCEWithLogitsLoss()
    seconds = []
    for epoch in range(EPOCHS + 1):
        start = time.perf_counter()
        order = torch.randperm(ROWS)
        for at in range(0, ROWS, batch):
            rows = order[at:at + batch]
            optimizer.zero_grad(set_to_none=True)
            outputs = model(numbers[rows], ids[rows])
            loss = sum(loss_of(output, labels[rows, k]) for k, output in enumerate(outputs))
            loss.backward()
            optimizer.step()
        seconds.append(time.perf_counter() - start)
    median = sorted(seconds[1:])[EPOCHS // 2]
    count = sum(p.numel() for p in model.parameters())
    print(f"torch shared-bottom threads={threads} batch={batch} parameters={count} rows/s={ROWS / median:.0f} ({torch.__version__})")


main()
