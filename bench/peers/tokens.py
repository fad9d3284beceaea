"""
A training step of MultiTab-Net on numeric columns: gather a batch, forward, one binary loss per task, backward, Adam. All columns are embedded
by one product instead of the official module per column, and attention returns no weights; the row layer is the published one, which lets no
row see another.
"""
import torch
from torch import nn

from networks import faster_adam, mlp, prepare

ROWS = 8192  # held in memory; a batch is a random choice of them


class ColumnLayer(nn.Module):
    """Attention over the tokens of a row, then a feed-forward part; normalisation before each."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x, mask):
        h = self.norm1(x)
        x = self.attention(h, h, h, attn_mask=mask, need_weights=False)[0] + x
        return x + self.mlp(self.norm2(x))


class RowLayer(nn.Module):
    """The same with the value and output maps alone."""

    def __init__(self, width, hidden):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.value, self.output = nn.Linear(width, width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x):
        x = self.output(self.value(self.norm1(x))) + x
        return x + self.mlp(self.norm2(x))


class MultiTabNet(nn.Module):
    """One block: columns, then rows."""

    def __init__(self, columns, tasks, width, heads, hidden, tower):
        super().__init__()
        tokens = columns + tasks
        self.tasks = nn.Parameter(torch.randn(tasks, width) * 0.01)
        self.weight, self.bias = nn.Parameter(torch.randn(columns, width) * 0.01), nn.Parameter(torch.zeros(columns, width))
        self.columns, self.rows = ColumnLayer(width, heads, hidden), RowLayer(tokens * width, hidden)
        self.towers = nn.ModuleList(mlp(width, [tower], 1) for _ in range(tasks))
        mask = torch.zeros(tokens, tokens, dtype=torch.bool)
        mask[:tasks, :tasks] = ~torch.eye(tasks, dtype=torch.bool)
        self.register_buffer("mask", mask)

    def forward(self, x):
        rows = x.shape[0]
        tokens = torch.cat([self.tasks.expand(rows, -1, -1), x.unsqueeze(2) * self.weight + self.bias], 1)
        z = self.columns(tokens, self.mask)
        z = self.rows(z.flatten(1)).view_as(z)
        return [tower(z[:, t]) for t, tower in enumerate(self.towers)]


def step(batch, tasks, numbers, width, heads, hidden, tower):
    batch, tasks, numbers, width, heads, hidden, tower = map(int, (batch, tasks, numbers, width, heads, hidden, tower))
    prepare()
    values, labels = torch.randn(ROWS, numbers), (torch.rand(ROWS, tasks) < 0.3).float()
    loss_of = nn.BCEWithLogitsLoss()

    def build(foreach):
        model = MultiTabNet(numbers, tasks, width, heads, hidden, tower)
        model.train()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)
        order, at = torch.randperm(ROWS), 0

        def run():
            nonlocal at
            at = 0 if at + batch > ROWS else at
            rows = order[at:at + batch]
            at += batch
            optimizer.zero_grad(set_to_none=True)
            outputs, targets = model(values[rows]), labels[rows]
            sum(loss_of(output[:, 0], targets[:, k]) for k, output in enumerate(outputs)).backward()
            optimizer.step()

        return run

    return faster_adam(build)
