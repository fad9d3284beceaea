"""Scores from XGBoost's histogram trees, grown on the table that the driver has written: rows of float32 features, then labels."""
import os

import numpy
import xgboost


def predict(path, rows, width, trees, depth, leaves):
    """depth 0 grows the leaf of the largest gain until there are enough leaves, else whole levels; scores are margins, without the sigmoid."""
    rows, width, trees, depth, leaves = (int(word) for word in (rows, width, trees, depth, leaves))
    threads = int(os.environ["OMP_NUM_THREADS"])
    values = numpy.fromfile(path, dtype=numpy.float32)
    x, y = values[:rows * width].reshape(rows, width), values[rows * width:]
    size = {"max_depth": depth, "grow_policy": "depthwise"} if depth > 0 else {"max_depth": 0, "max_leaves": leaves, "grow_policy": "lossguide"}
    options = {"objective": "binary:logistic", "tree_method": "hist", "max_bin": 256, "eta": 0.1, "nthread": threads, **size}
    booster = xgboost.train(options, xgboost.DMatrix(x, y, nthread=threads), trees)
    return lambda: booster.inplace_predict(x, predict_type="margin")
