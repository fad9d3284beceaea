using System.Buffers;
using System.Runtime.Intrinsics;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>The losses of all targets side by side: scores <c>[rows, outputs]</c> in, derivatives of the same shape out.</summary>
internal sealed class BoostingObjective
{
    private const int ChunkRows = 4096;
    private const long EffortOfScore = 6;
    private readonly BoostingLoss[] _losses;
    private readonly int[] _offsets;

    /// <summary>The objective of some targets.</summary>
    public BoostingObjective(IReadOnlyList<BoostingTarget> targets, string loss)
        : this([.. targets.Select(target => BoostingLosses.Create(loss, target))])
    {
    }

    private BoostingObjective(BoostingLoss[] losses)
    {
        _losses = losses;
        _offsets = new int[losses.Length];
        for (int target = 0; target < losses.Length; target++)
        {
            _offsets[target] = Outputs;
            Outputs += losses[target].Outputs;
        }
    }

    /// <summary>Scores per row.</summary>
    public int Outputs { get; }

    /// <summary>The losses by target.</summary>
    public IReadOnlyList<BoostingLoss> Losses => _losses;

    /// <summary>The first output of each target.</summary>
    public IReadOnlyList<int> Offsets => _offsets;

    /// <summary>Whether every second derivative is 1.</summary>
    public bool HasUnitCurvature => Array.TrueForAll(_losses, loss => loss.HasUnitCurvature);

    /// <summary>Whether a loss changes Newton leaves.</summary>
    public bool RefitsLeaves => Array.Exists(_losses, loss => loss.Refit is not null || !double.IsPositiveInfinity(loss.MaxStep));

    /// <summary>The objective of one target alone.</summary>
    public BoostingObjective Only(int target) => _losses.Length == 1 ? this : new BoostingObjective([_losses[target]]);

    /// <summary>Derivatives times weights. Curvature is that of the loss, or 1 for every observed label.</summary>
    /// <param name="scores"><c>[rows, Outputs]</c>.</param>
    /// <param name="rows">The labels.</param>
    /// <param name="gradient">Receives <c>[rows, Outputs]</c>.</param>
    /// <param name="curvature">Receives <c>[rows, Outputs]</c>; empty when it is not wanted.</param>
    /// <param name="ones">Whether curvature counts as 1.</param>
    public unsafe void Differentiate(ReadOnlySpan<double> scores, RowLabels rows, Span<double> gradient, Span<double> curvature, bool ones)
    {
        fixed (double* from = scores, first = gradient, second = curvature)
        {
            var body = new DerivativesBody { Objective = this, Rows = rows, Scores = from, Gradient = first, Curvature = curvature.IsEmpty ? null : second, Ones = ones };
            Effort.For(Chunks(rows), EffortOfScore * scores.Length, ref body);
        }
    }

    /// <summary>Sum over rows and targets of the weighted loss.</summary>
    public unsafe double Sum(ReadOnlySpan<double> scores, RowLabels rows)
    {
        double[] sums = new double[Chunks(rows)];
        fixed (double* from = scores)
        {
            var body = new SumBody { Objective = this, Rows = rows, Scores = from, Sums = sums };
            Effort.For(sums.Length, EffortOfScore * scores.Length, ref body);
        }

        double sum = 0;
        foreach (double part in sums) sum += part;
        return sum;
    }

    /// <summary>Mean loss per row.</summary>
    public double Mean(ReadOnlySpan<double> scores, BoostingData data) => Sum(scores, RowLabels.All(data)) / Math.Max(data.ObservedWeight, double.Epsilon);

    /// <summary>The scores of least loss, the same for every row.</summary>
    public double[] Constant(RowLabels rows)
    {
        double[] scores = new double[Outputs];
        for (int target = 0; target < _losses.Length; target++) _losses[target].Constant(rows.Labels(target), rows.Weights, scores.AsSpan(_offsets[target], _losses[target].Outputs));
        return scores;
    }

    /// <summary>Scores to predictions, in place.</summary>
    /// <param name="scores"><c>[rows, Outputs]</c>.</param>
    public void Link(Span<double> scores)
    {
        if (_losses.Length == 1)
        {
            _losses[0].Link(scores);
            return;
        }

        for (int target = 0; target < _losses.Length; target++)
        {
            double[] own = new double[scores.Length / Outputs * _losses[target].Outputs];
            Copy(scores, own, target, back: false);
            _losses[target].Link(own);
            Copy(scores, own, target, back: true);
        }
    }

    private static int Chunks(RowLabels rows) => (rows.Count + ChunkRows - 1) / ChunkRows;

    private static RowLabels Chunk(RowLabels rows, int chunk) => rows.Slice(chunk * ChunkRows, Math.Min(ChunkRows, rows.Count - (chunk * ChunkRows)));

    /// <summary>The outputs of one target, out of or back into all outputs.</summary>
    private void Copy(Span<double> all, Span<double> own, int target, bool back)
    {
        int width = _losses[target].Outputs, rows = own.Length / width;
        for (int row = 0; row < rows; row++)
        {
            Span<double> part = all.Slice((row * Outputs) + _offsets[target], width), of = own.Slice(row * width, width);
            if (back) of.CopyTo(part);
            else part.CopyTo(of);
        }
    }

    private unsafe struct DerivativesBody : IBody
    {
        public BoostingObjective Objective;
        public RowLabels Rows;
        public double* Scores;
        public double* Gradient;
        public double* Curvature;
        public bool Ones;

        public readonly void Run(int chunk)
        {
            RowLabels rows = Chunk(Rows, chunk);
            int outputs = Objective.Outputs, start = chunk * ChunkRows * outputs, length = rows.Count * outputs;
            Span<double> scores = new(Scores + start, length), gradient = new(Gradient + start, length), curvature = Curvature is null ? default : new(Curvature + start, length);
            if (Objective._losses.Length == 1)
            {
                Objective._losses[0].Differentiate(scores, rows.Labels(0), gradient, Ones ? default : curvature);
            }
            else
            {
                for (int target = 0; target < Objective._losses.Length; target++)
                {
                    int size = rows.Count * Objective._losses[target].Outputs;
                    double[] room = ArrayPool<double>.Shared.Rent(3 * size);
                    Span<double> own = room.AsSpan(0, size), first = room.AsSpan(size, size), second = Ones || curvature.IsEmpty ? default : room.AsSpan(2 * size, size);
                    Objective.Copy(scores, own, target, back: false);
                    Objective._losses[target].Differentiate(own, rows.Labels(target), first, second);
                    Objective.Copy(gradient, first, target, back: true);
                    if (!second.IsEmpty) Objective.Copy(curvature, second, target, back: true);
                    ArrayPool<double>.Shared.Return(room);
                }
            }

            if (Ones && !curvature.IsEmpty) Objective.FillOnes(rows, curvature);
            Weigh(rows.Weights, gradient, outputs);
            if (!curvature.IsEmpty) Weigh(rows.Weights, curvature, outputs);
        }
    }

    private void FillOnes(RowLabels rows, Span<double> curvature)
    {
        for (int target = 0; target < _losses.Length; target++)
        {
            ReadOnlySpan<float> labels = rows.Labels(target);
            for (int row = 0; row < labels.Length; row++) curvature.Slice((row * Outputs) + _offsets[target], _losses[target].Outputs).Fill(float.IsNaN(labels[row]) ? 0 : 1);
        }
    }

    private static void Weigh(ReadOnlySpan<float> weights, Span<double> values, int outputs)
    {
        int row = 0;
        for (; outputs == 1 && row + Vector512<double>.Count <= weights.Length; row += Vector512<double>.Count) (Vector512.Create<double>(values[row..]) * ScoreLoop.Widen(weights[row..])).CopyTo(values[row..]);
        for (; row < weights.Length; row++)
        {
            foreach (ref double value in values.Slice(row * outputs, outputs)) value *= weights[row];
        }
    }

    private unsafe struct SumBody : IBody
    {
        public BoostingObjective Objective;
        public RowLabels Rows;
        public double* Scores;
        public double[] Sums;

        public readonly void Run(int chunk)
        {
            RowLabels rows = Chunk(Rows, chunk);
            int outputs = Objective.Outputs;
            Span<double> scores = new(Scores + (chunk * ChunkRows * outputs), rows.Count * outputs);
            double sum = 0;
            for (int target = 0; target < Objective._losses.Length; target++)
            {
                if (Objective._losses.Length == 1)
                {
                    sum = Objective._losses[0].Sum(scores, rows.Labels(0), rows.Weights);
                    break;
                }

                double[] room = ArrayPool<double>.Shared.Rent(rows.Count * Objective._losses[target].Outputs);
                Span<double> own = room.AsSpan(0, rows.Count * Objective._losses[target].Outputs);
                Objective.Copy(scores, own, target, back: false);
                sum += Objective._losses[target].Sum(own, rows.Labels(target), rows.Weights);
                ArrayPool<double>.Shared.Return(room);
            }

            Sums[chunk] = sum;
        }
    }
}
