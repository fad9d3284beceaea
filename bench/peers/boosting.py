"""XGBoost's histogram trees on a table written by the driver: seconds of training and prediction, quality, and memory.

usage: boosting.py FILE ROWS WIDTH TRAIN DEPTH LEAVES TREES THREADS REPEATS
FILE holds ROWS x WIDTH float32 features, then ROWS float32 labels. The first TRAIN rows are trained on. One JSON object is printed.
"""
import json
import sys
import time

import numpy as np
import xgboost

WARM_ROWS = 40_000


def peak_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main():
    path = sys.argv[1]
    rows, width, train, depth, leaves, trees, threads, repeats = (int(text) for text in sys.argv[2:])
    values = np.fromfile(path, dtype=np.float32)
    x, y = values[: rows * width].reshape(rows, width), values[rows * width :]
    options = {
        "objective": "binary:logistic", "tree_method": "hist", "max_bin": 256, "eta": 0.1, "lambda": 1, "min_child_weight": 1, "nthread": threads,
        "max_depth": depth, "max_leaves": leaves, "grow_policy": "depthwise" if depth > 0 else "lossguide",
    }

    def fit(count, rounds):
        return xgboost.train(options, xgboost.DMatrix(x[:count], y[:count], nthread=threads), rounds)

    fit(min(train, WARM_ROWS), trees)
    seconds, booster = [], None
    for repeat in range(repeats):
        start = time.perf_counter()
        booster = fit(train, trees)
        seconds.append(time.perf_counter() - start)
        if repeat == 0:
            peak = peak_bytes()
    predicting = []
    for _ in range(10 * repeats):
        start = time.perf_counter()
        booster.inplace_predict(x)
        predicting.append(time.perf_counter() - start)
    held = xgboost.DMatrix(x[train:], nthread=threads)
    probability, label = booster.predict(held).astype(np.float64), y[train:]
    order = np.argsort(probability, kind="stable")
    rank = np.empty(len(order))
    rank[order] = np.arange(1, len(order) + 1)
    positive = label == 1
    count = positive.sum()
    auc = (rank[positive].sum() - count * (count + 1) / 2) / (count * (len(label) - count))
    loss = -np.mean(np.where(positive, np.log(probability), np.log1p(-probability)))
    print(json.dumps({"train": sorted(seconds)[len(seconds) // 2], "predict": min(predicting), "auc": float(auc), "logloss": float(loss), "peak": peak}))


main()
