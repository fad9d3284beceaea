"""Measures the peers' side of a case on request: one line in, one line out, until standard input ends.

    about                     -> a JSON object: versions, the OpenBLAS core in use, threads
    gemm 1024 256 512 NT      -> seconds of one operation, the mean over one sample
    anything else             -> "error: " and a sentence

The first word names a maker in MAKERS; the rest are its arguments. A maker returns a function that does the work once. It is built
and warmed up at the first request, and dropped when another case is asked for. Between requests the process blocks on a read, so it
does not disturb whoever is measured next. Threads and OPENBLAS_CORETYPE come from the environment, see Comparison/Peer.cs.
"""
import ctypes
import gc
import importlib
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys

from sampling import Sampler

# Case name -> module and function; modules are imported when first asked for, so that a matrix product does not wait for torch.
MAKERS = {
    "gemm": ("gemm", "product"),
    "gradient-step": ("multitask", "gradient_step"),
    "training-step": ("training", "step"),
    "home": ("tabular", "home"),
    "mmoe": ("tabular", "mmoe"),
    "ple": ("tabular", "ple"),
    "shared-bottom": ("tabular", "shared_bottom"),
    "multitab-net": ("tokens", "step"),
    "encoder": ("encoder", "block"),
    "table": ("tables", "encode"),
    "predict": ("trees", "predict"),
    "boost-robust": ("stumps", "robust"),
}


def openblas():
    """The core name and the configuration of the OpenBLAS that NumPy has loaded; None where NumPy uses another BLAS."""
    import numpy
    numpy.dot(numpy.ones((2, 2), numpy.float32), numpy.ones((2, 2), numpy.float32))
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        if not hasattr(library, "openblas_get_corename"):
            continue
        for name in ("openblas_get_corename", "openblas_get_config"):
            getattr(library, name).restype = ctypes.c_char_p
        return library.openblas_get_corename().decode(), library.openblas_get_config().decode()
    return None


def version(package):
    """The version of Debian's package, else what the package says about itself; None where it is missing."""
    query = ["dpkg-query", "-W", "-f", "${source:Upstream-Version}", f"python3-{package}"]
    if shutil.which(query[0]) and (found := subprocess.run(query, capture_output=True, text=True)).returncode == 0:
        return found.stdout
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def about():
    import numpy
    blas = openblas()
    return json.dumps({
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "torch": version("torch"),
        "pandas": version("pandas"),
        "openBlasCore": blas and blas[0],
        "openBlas": blas and blas[1],
        "threads": threads(),
    })


def threads():
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


def make(words):
    module, function = MAKERS[words[0]]
    return getattr(importlib.import_module(module), function)(*words[1:])


def serve():
    # Whatever a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    current, sampler = None, None
    for line in sys.stdin:
        words = line.split()
        try:
            if words == ["about"]:
                answer = about()
            else:
                if words != current:
                    current, sampler = None, None
                    gc.collect()
                    sampler = Sampler(make(words))
                    current = words
                answer = repr(sampler.sample())
        except Exception as error:  # The driver decides what a failed case means; this process goes on.
            answer = f"error: {type(error).__name__}: {error}".replace("\n", " ")
        print(answer, file=answers, flush=True)


serve()
