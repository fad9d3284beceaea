"""A straightforward merge with PyTorch, out of core: one tensor at a time from memory-mapped safetensors files, one shard of the output in memory.

Usage: merging.py METHOD OUT THREADS BASE MODEL [MODEL ...]     (METHOD: linear, task_arithmetic, ties, dare_linear)
       merging.py tensor THREADS       (one tensor in memory, as "merge-methods" of the benchmarks)
Prints a line of JSON: seconds and the peak memory of the process.
"""
import json
import mmap
import os
import resource
import struct
import sys
import time

import torch

SHARD_BYTES = 5_000_000_000


class Model:
    """The tensors of a folder of shards, mapped."""

    def __init__(self, folder):
        with open(os.path.join(folder, "model.safetensors.index.json")) as file:
            self.files = json.load(file)["weight_map"]
        self.folder, self.open = folder, {}

    def names(self):
        return list(self.files)

    def tensor(self, name):
        path = self.files[name]
        if path not in self.open:
            with open(os.path.join(self.folder, path), "rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                header = json.loads(file.read(length))
                self.open[path] = (mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), header, 8 + length)
        data, header, start = self.open[path]
        entry = header[name]
        begin, end = entry["data_offsets"]
        return torch.frombuffer(data, dtype=torch.bfloat16, count=(end - begin) // 2, offset=start + begin).reshape(entry["shape"])


def keep_largest(delta, density):
    flat = delta.abs().reshape(-1)
    kept = torch.topk(flat, int(density * flat.numel())).indices
    mask = torch.zeros_like(flat)
    mask[kept] = 1
    return delta * mask.reshape(delta.shape)


def keep_random(delta, density):
    kept = delta * torch.bernoulli(torch.full_like(delta, density))
    return kept * (delta.abs().sum() / kept.abs().sum())


def merge(method, base, models, weight, density):
    base = base.to(torch.float32)
    models = [model.to(torch.float32) for model in models]
    if method == "linear":
        return sum(weight * model for model in models) / (weight * len(models))
    deltas = [model - base for model in models]
    if method == "ties":
        deltas = [weight * keep_largest(delta, density) for delta in deltas]
        majority = torch.where(sum(deltas) >= 0, 1.0, -1.0)
        masks = [(delta.sign() == majority).to(torch.float32) for delta in deltas]
        mixed = sum(delta * mask for delta, mask in zip(deltas, masks))
        divisor = sum(weight * mask for mask in masks)
        return base + mixed / torch.where(divisor == 0, torch.ones_like(divisor), divisor)
    if method == "dare_linear":
        deltas = [keep_random(delta, density) for delta in deltas]
    return base + sum(weight * delta for delta in deltas)


def write(path, tensors):
    header, offset = {}, 0
    for name, tensor in tensors.items():
        size = 2 * tensor.numel()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for tensor in tensors.values():
            file.write(tensor.view(torch.int16).numpy().data)


def tensor(threads, side=4096, repetitions=2):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    base = 0.02 * torch.randn(side, side)
    models = [base + 0.002 * torch.randn(side, side) for _ in range(3)]
    for method in ["linear", "task_arithmetic", "ties", "dare_linear"]:
        best = float("inf")
        for _ in range(repetitions):
            begun = time.perf_counter()
            merge(method, base, models, 0.5, 0.5)
            best = min(best, time.perf_counter() - begun)
        print(json.dumps({"method": method, "ms": round(1e3 * best)}), flush=True)


def main():
    if sys.argv[1] == "tensor":
        tensor(int(sys.argv[2]))
        return
    method, out, threads, base, models = sys.argv[1], sys.argv[2], int(sys.argv[3]), Model(sys.argv[4]), [Model(path) for path in sys.argv[5:]]
    torch.set_num_threads(threads)
    os.makedirs(out)
    begun = time.perf_counter()
    shard, held, count = {}, 0, 0
    for name in base.names():
        merged = merge(method, base.tensor(name), [model.tensor(name) for model in models], 0.5, 0.5).to(torch.bfloat16)
        if held + 2 * merged.numel() > SHARD_BYTES:
            write(os.path.join(out, f"model-{count}.safetensors"), shard)
            shard, held, count = {}, 0, count + 1
        shard[name] = merged
        held += 2 * merged.numel()
    write(os.path.join(out, f"model-{count}.safetensors"), shard)
    print(json.dumps({"seconds": time.perf_counter() - begun, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


main()
