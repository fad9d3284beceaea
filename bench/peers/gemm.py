"""Matrix products with numpy.dot, which calls OpenBLAS; transposed operands are passed as views and not copied."""
import numpy


def product(m, k, n, layout):
    """C[m, n] = op(A) op(B) into an existing array; layout says which operand is stored transposed: NN, TN or NT."""
    m, k, n = int(m), int(k), int(n)
    random = numpy.random.default_rng(1)
    a = random.random((k, m) if layout[0] == "T" else (m, k), numpy.float32)
    b = random.random((n, k) if layout[1] == "T" else (k, n), numpy.float32)
    left, right = a.T if layout[0] == "T" else a, b.T if layout[1] == "T" else b
    out = numpy.empty((m, n), numpy.float32)
    return lambda: numpy.dot(left, right, out=out)
