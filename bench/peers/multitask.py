"""
The gradient step of a gradient-balancing method, as the multi-task libraries on PyTorch do it: one forward pass, then backward once per
task with retain_graph=True, each time copying the shared gradients into a row of a K x P matrix, then the rule on that matrix.
"""
import torch
from torch import nn
from torch.nn import functional

import rules
from networks import mlp, prepare


def gradient_step(rule, tasks, batch, inputs, *hidden):
    """A trunk with `tasks` linear heads, squared error; rule is a name in rules.RULES, or `rows` for the matrix alone."""
    tasks, batch, inputs, hidden = int(tasks), int(batch), int(inputs), [int(width) for width in hidden]
    prepare()
    trunk = mlp(inputs, hidden)
    heads = nn.ModuleList(nn.Linear(hidden[-1], 1) for _ in range(tasks))
    shared, own = list(trunk.parameters()), list(heads.parameters())
    x, labels = torch.randn(batch, inputs), [torch.randn(batch, 1) for _ in range(tasks)]
    rows = torch.empty(tasks, sum(parameter.numel() for parameter in shared))
    combine = None if rule == "rows" else rules.RULES[rule]

    def run():
        for parameter in own:
            parameter.grad = None
        h = trunk(x)
        losses = [functional.mse_loss(head(h), label) for head, label in zip(heads, labels)]
        for k, loss in enumerate(losses):
            for parameter in shared:
                parameter.grad = None
            loss.backward(retain_graph=k + 1 < tasks)
            torch.cat([parameter.grad.view(-1) for parameter in shared], out=rows[k])
        if combine is None:
            return
        update, at = combine(rows), 0
        for parameter in shared:
            parameter.grad = update[at:at + parameter.numel()].view_as(parameter)
            at += parameter.numel()

    return run
