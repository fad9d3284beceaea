"""
Four rules that turn the K x P matrix of task gradients into one update, written from their papers and on the fast side of what libraries
do: only PCGrad works on the long vectors, the others on the K x K inner products.
"""
import numpy
import torch


def pcgrad(rows, epsilon=1e-8):
    """Gradient surgery (Yu et al. 2020, algorithm 1): each gradient loses its part against those it conflicts with, in random order."""
    squares = (rows * rows).sum(1) + epsilon
    projected = rows.clone()
    for i in range(len(rows)):
        for j in numpy.random.permutation(len(rows)):
            inner = torch.dot(projected[i], rows[j])
            if inner < 0:
                projected[i] -= inner / squares[j] * rows[j]
    return projected.sum(0)


def mgda(rows, iterations=250, tolerance=1e-5):
    """The point of the gradients' convex hull next to zero (Desideri 2012), by Frank-Wolfe with exact steps (Sener and Koltun 2018)."""
    gramian = products(rows)
    weights = numpy.full(len(rows), 1 / len(rows))
    for _ in range(iterations):
        slopes = gramian @ weights
        corner = slopes.argmin()
        here, there, across = weights @ slopes, gramian[corner, corner], slopes[corner]
        if here - across <= tolerance * here:
            break
        step = min(1.0, (here - across) / max(here - 2 * across + there, 1e-30))
        weights *= 1 - step
        weights[corner] += step
    return combine(weights, rows)


def cagrad(rows, c=0.4, iterations=50):
    """
    Conflict-averse gradient descent (Liu et al. 2021, eq. 5): minimises <g_w, g_0> + c |g_0| |g_w| over weights w of the simplex, here by
    projected gradient steps, then g_0 + c |g_0| / |g_w| g_w.
    """
    gramian = products(rows)
    count = len(rows)
    mean = gramian.mean(1)
    radius = c * numpy.sqrt(mean.mean())
    weights = numpy.full(count, 1 / count)
    rate = 1 / max(numpy.linalg.eigvalsh(gramian)[-1], 1e-30)
    for _ in range(iterations):
        image = gramian @ weights
        length = numpy.sqrt(max(weights @ image, 1e-30))
        fresh = simplex(weights - rate * length / max(radius, 1e-30) * (mean + radius * image / length))
        moved = numpy.abs(fresh - weights).max()
        weights = fresh
        if moved < 1e-6:
            break
    length = numpy.sqrt(max(weights @ gramian @ weights, 1e-30))
    return combine(1 / count + radius / length * weights, rows)


def upgrad(rows, sweeps=100, tolerance=1e-6):
    """
    Unconflicting projection (Quinton and Rey 2024): each gradient projected onto the cone of directions that hurt no task, and the mean of
    those. Row i of V minimises v^T G v subject to v >= e_i; all rows at once by projected coordinate descent.
    """
    gramian = products(rows)
    count = len(rows)
    gramian = gramian / max(numpy.trace(gramian), 1e-30) + 1e-4 * numpy.eye(count)
    least = numpy.eye(count)
    v = least.copy()
    for _ in range(sweeps):
        before = v.copy()
        for j in range(count):
            v[:, j] = numpy.maximum(least[:, j], v[:, j] - v @ gramian[:, j] / gramian[j, j])
        if numpy.abs(v - before).max() < tolerance:
            break
    return combine(v.mean(0), rows)


def simplex(v):
    """The nearest point with non-negative entries that sum to one (Held, Wolfe and Crowder 1974)."""
    descending = numpy.sort(v)[::-1]
    excess = (numpy.cumsum(descending) - 1) / numpy.arange(1, len(v) + 1)
    return numpy.maximum(v - excess[descending > excess][-1], 0)


def products(rows):
    return (rows @ rows.T).numpy().astype(numpy.float64)


def combine(weights, rows):
    return torch.from_numpy(numpy.asarray(weights, numpy.float32)) @ rows


RULES = {"pcgrad": pcgrad, "mgda": mgda, "cagrad": cagrad, "upgrad": upgrad}
