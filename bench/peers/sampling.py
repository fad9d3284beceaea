"""How one sample is taken; the driver's Comparison/Sampler.cs does the same, with more runs of warm-up for its compiler."""
import gc
import os
import time

WARM_UP = float(os.environ.get("POLYMATH_BENCH_WARM_UP", "0.5"))  # seconds
SAMPLE = 0.02  # seconds that a sample lasts at least
LEAST_REPEATS = 3  # in a sample
LEAST_RUNS = 5  # of a warm-up, unless it has already taken LONGEST_WARM_UP
LONGEST_WARM_UP = 1.5


class Sampler:
    """Warms an operation up, finds how often it must be repeated, and then times samples of it."""

    def __init__(self, run):
        self.run = run
        start = now = time.perf_counter()
        runs, fastest = 0, float("inf")
        while now - start < WARM_UP or (runs < LEAST_RUNS and now - start < LONGEST_WARM_UP):
            before = now
            run()
            now = time.perf_counter()
            runs, fastest = runs + 1, min(fastest, now - before)
        self.repeats = max(LEAST_REPEATS, round(SAMPLE / fastest))

    def sample(self):
        """Seconds of one operation: the mean of a sample, after one untimed run that brings code and data back into the caches."""
        gc.disable()
        try:
            run = self.run
            run()
            start = time.perf_counter()
            for _ in range(self.repeats):
                run()
            return (time.perf_counter() - start) / self.repeats
        finally:
            gc.enable()
