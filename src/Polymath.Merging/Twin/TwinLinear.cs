using Polymath.Tensors;

namespace Polymath.Merging.Twin;

/// <summary>
/// One linear map of a twin model, mixed per example without making its weights: y = W* x + sum_t w_t A_t (B_t x) + b* + sum_t w_t b_t. The factors of all
/// tasks stand in one matrix each, so a batch costs two products more than the shared map, whatever T.
/// </summary>
public sealed class TwinLinear
{
    private readonly Tensor _weight, _bias, _stackedA, _stackedB, _spread, _biases;
    private readonly Tensor[] _dense;
    private readonly bool _ownWeight, _ownBias;

    /// <summary>A map.</summary>
    /// <param name="twin">The model.</param>
    /// <param name="weight">Name of the weight, <c>[outputs, inputs]</c>.</param>
    /// <param name="bias">Name of the bias, <c>[outputs]</c>, or null.</param>
    public TwinLinear(TwinModel twin, string weight, string? bias)
    {
        ArgumentNullException.ThrowIfNull(twin);
        Shape shape = twin.Shared.ShapeOf(twin.Shared.IndexOf(weight));
        if (shape.Rank != 2) throw new MergeException($"tensor '{weight}' has shape {shape}, expected [outputs, inputs] of a linear map.");
        int outputs = shape[0], inputs = shape[1], tasks = twin.Parts.Count;
        _weight = Tensor.FromArray(twin.Shared[weight], outputs, inputs);
        _ownWeight = twin.Parts[0].Own.ContainsKey(weight);
        _dense = new Tensor[tasks];
        if (_ownWeight)
        {
            for (int task = 0; task < tasks; task++) _dense[task] = Tensor.FromArray(twin.Parts[task].Own[weight], outputs, inputs);
        }
        else
        {
            (_stackedA, _stackedB, _spread) = Stack([.. twin.Parts.Select(part => part.Exclusive[weight])], outputs, inputs);
        }

        if (bias is null) return;
        _bias = Tensor.FromArray(twin.Shared[bias], outputs);
        _ownBias = twin.Parts[0].Own.ContainsKey(bias);
        float[] biases = new float[tasks * outputs];
        for (int task = 0; task < tasks; task++)
        {
            if (_ownBias) twin.Parts[task].Own[bias].CopyTo(biases, task * outputs);
            else twin.Parts[task].Exclusive[bias].AddTo(biases.AsSpan(task * outputs, outputs), 1f);
        }

        _biases = Tensor.FromArray(biases, tasks, outputs);
    }

    /// <summary>Maps rows, each with its own mixture.</summary>
    /// <param name="input">x, <c>[rows, inputs]</c>.</param>
    /// <param name="mixture">w, <c>[rows, tasks]</c>.</param>
    /// <param name="ownership">1 for the task whose own tensors a row uses, <c>[rows, tasks]</c>; empty for those of the base.</param>
    /// <returns>y, <c>[rows, outputs]</c>.</returns>
    public Tensor Forward(Tensor input, Tensor mixture, Tensor ownership = default)
    {
        bool foreign = _ownWeight && !ownership.IsEmpty, foreignBias = _ownBias && !ownership.IsEmpty;
        Tensor y;
        if (foreign) y = Dense(input, ownership);
        else
        {
            y = Fused.Linear(input, _weight);
            if (!_stackedA.IsEmpty) y += (input.MatMul(_stackedB, transposeRight: true) * mixture.MatMul(_spread)).MatMul(_stackedA, transposeRight: true);
            if (!_ownWeight) y = AddDense(y, input, mixture);
        }

        if (_bias.IsEmpty) return y;
        if (foreignBias) return y + ownership.MatMul(_biases);
        return _ownBias ? y + _bias : y + (_bias + mixture.MatMul(_biases));
    }

    private Tensor Dense(Tensor input, Tensor shares)
    {
        Tensor y = default;
        for (int task = 0; task < _dense.Length; task++)
        {
            Tensor part = Fused.Linear(input * shares.Slice(1, task, 1), _dense[task]);
            y = y.IsEmpty ? part : y + part;
        }

        return y;
    }

    private Tensor AddDense(Tensor y, Tensor input, Tensor mixture)
    {
        for (int task = 0; task < _dense.Length; task++)
        {
            if (!_dense[task].IsEmpty) y += Fused.Linear(input * mixture.Slice(1, task, 1), _dense[task]);
        }

        return y;
    }

    // A = [A_1 ... A_T], B = [B_1; ...; B_T], and a matrix of ones that repeats w_t once for every row of B_t.
    private (Tensor A, Tensor B, Tensor Spread) Stack(ExclusiveTensor[] parts, int outputs, int inputs)
    {
        int ranks = parts.Sum(part => part.Rank), at = 0;
        float[] a = new float[outputs * ranks], b = new float[ranks * inputs], spread = new float[parts.Length * ranks];
        for (int task = 0; task < parts.Length; task++)
        {
            ExclusiveTensor part = parts[task];
            if (part.Elements is { } elements)
            {
                _dense[task] = Tensor.FromArray(elements, outputs, inputs);
                continue;
            }

            for (int i = 0; i < outputs; i++) part.A.Span.Slice(i * part.Rank, part.Rank).CopyTo(a.AsSpan((i * ranks) + at));
            part.B.Span.CopyTo(b.AsSpan(at * inputs));
            spread.AsSpan((task * ranks) + at, part.Rank).Fill(1f);
            at += part.Rank;
        }

        return ranks == 0 ? default : (Tensor.FromArray(a, outputs, ranks), Tensor.FromArray(b, ranks, inputs), Tensor.FromArray(spread, parts.Length, ranks));
    }
}
