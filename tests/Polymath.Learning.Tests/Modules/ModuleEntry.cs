using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>How to make and call one module.</summary>
internal sealed record ModuleEntry(Func<RandomStream, Module> Make, int[] Input, Func<Module, Tensor, Tensor> Forward);
