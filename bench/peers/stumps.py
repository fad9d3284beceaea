"""
Robust multi-task gradient boosting the way its authors run it: scikit-learn's stumps, refitted from the features in every iteration (which
sorts them again), their predictions taken back over all rows, and masks of the rows of each task. Features are float64, as there, so that
the trees cast them. Nothing of a fit is kept for the next.
"""
import numpy
from sklearn.tree import DecisionTreeRegressor

RATE = 0.1


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def table(rows, features, tasks):
    """Uniform features, every third one of two values, and tasks that share most of a linear function."""
    random = numpy.random.default_rng(7)
    x = random.uniform(-1, 1, (rows, features)).astype(numpy.float32)
    x[:, ::3] = x[:, ::3] > 0
    task = numpy.arange(rows) % tasks
    own = random.normal(size=(tasks, features)) / 2
    y = x @ random.normal(size=features) + (x * own[task]).sum(1) + random.normal(size=rows)
    return x.astype(numpy.float64), y.astype(numpy.float32).astype(numpy.float64), task


def robust(rows, features, tasks, shared, robust, own):
    shared, robust, own = int(shared), int(robust), int(own)
    x, y, task = table(int(rows), int(features), int(tasks))
    labels = numpy.unique(task)

    def stump(x, target):
        """Its predictions on the rows it was fitted to."""
        tree = DecisionTreeRegressor(max_leaf_nodes=2, criterion="squared_error")
        tree.fit(x, target, check_input=False)
        return RATE * tree.predict(x.astype(numpy.float32))

    def mix(theta, meta, outlier, common, alone):
        """F, task by task."""
        f = numpy.zeros_like(meta)
        for label in labels:
            of = task == label
            s = sigmoid(theta[label])
            f[of] = meta[of] + (1 - s) * common[of] + s * outlier[of] + alone[of]
        return f

    def weigh(residual, weights):
        residual = residual.copy()
        for label in labels:
            of = task == label
            residual[of] *= weights[label]
        return residual

    def run():
        theta = 0.1 * numpy.random.default_rng(3).normal(size=len(labels))
        meta, outlier, common, alone = (numpy.zeros(len(y)) for _ in range(4))
        for _ in range(shared):
            meta += stump(x, y - meta)
        for _ in range(robust):
            f = mix(theta, meta, outlier, common, alone)
            residual = y - f
            s = sigmoid(theta)
            before, common_before = outlier.copy(), common.copy()
            outlier += stump(x, weigh(residual, s))
            common += stump(x, weigh(residual, 1 - s))
            for label in labels:
                of = task == label
                theta[label] += RATE * (residual[of] * s[label] * (1 - s[label]) * (before[of] - common_before[of])).sum()
        for _ in range(own):
            residual = y - mix(theta, meta, outlier, common, alone)
            for label in labels:
                of = task == label
                alone[of] += stump(x[of], residual[of])
        return mix(theta, meta, outlier, common, alone)

    return run
