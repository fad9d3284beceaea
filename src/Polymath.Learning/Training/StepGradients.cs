using Polymath.Learning.Balancing;
using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Learning.Training;

/// <summary>
/// The gradients of one step, in the cheapest form that serves the balancer: the weighted sum only, the K rows, their inner products
/// streamed parameter by parameter, or the rows at the shared representation.
/// </summary>
internal sealed class StepGradients(Tape tape, ParameterLayout layout, int tasks, Balancer balancer, TrainerOptions options)
{
    // Tasks that share no parameter have no representation in common: every row is empty then, and so is what is made of them.
    private readonly bool _atRepresentation = layout.SharedCount > 0 && (options.BalanceAt != BalanceLevel.Parameters || (balancer.Needs & BalancerNeeds.RepresentationGradients) != 0);
    private readonly TaskGradients _combined = new(layout, balancer.Learnable.Length);
    private readonly double[] _gramian = new double[tasks * tasks], _heads = new double[tasks], _allWeights = new double[tasks + 1];
    private readonly Tensor[] _all = new Tensor[tasks + 1];
    private readonly Dictionary<(int Tasks, int Rows), bool> _streams = [];
    private TaskGradients? _rows;
    private GradientGramian? _streamed;
    private RepresentationGradients? _representation;
    private TaskGradients? _extra;
    private Form _form;
    private int _present;
    private bool _hasGramian;

    private enum Form
    {
        Nothing,
        Rows,
        Streamed,
        Representation,
    }

    /// <summary>Whether the balancer's rule reads inner products.</summary>
    public bool BalancerReadsGramian { get; } = balancer.ReadsGradients;

    /// <summary>Whether the last sweep ended at the shared representation.</summary>
    public bool IsAtRepresentation => _form == Form.Representation;

    /// <summary>[K', K'] inner products of the last sweep; empty when there were none.</summary>
    public ReadOnlySpan<double> Gramian => _hasGramian ? _gramian.AsSpan(0, _present * _present) : default;

    /// <summary>The combined gradient of all parameters and of what the balancer learns, in block order.</summary>
    public Span<float> Combined => _combined.Flat;

    /// <summary>Bytes held: the combined gradient, and the rows of the tasks or what stands in for them.</summary>
    public long Bytes
        => sizeof(float) * (_combined.Flat.Length + (_extra?.Flat.Length ?? 0) + (_rows is null ? 0 : ((long)_rows.Capacity * layout.SharedCount) + layout.OwnCount)
            + (_streamed is null ? 0 : layout.OwnCount)
            + (_representation is { } at ? ((long)at.Tasks * at.Count) + layout.OwnCount : 0));

    /// <summary>Sweeps as far as the balancer, or a look at the tasks' angles, needs.</summary>
    /// <param name="losses">[K'] the losses present.</param>
    /// <param name="batchRows">Rows of the batch.</param>
    /// <param name="look">Whether the inner products are wanted whatever the balancer reads.</param>
    /// <param name="extra">Whether an extra loss is still to be swept.</param>
    public void Sweep(ReadOnlySpan<Tensor> losses, int batchRows, bool look, bool extra)
    {
        _present = losses.Length;
        _hasGramian = BalancerReadsGramian || look;
        _form = !_hasGramian ? Form.Nothing : _atRepresentation && losses.Length > 1 && BalancerReadsGramian ? Form.Representation : Streams(losses, batchRows) ? Form.Streamed : Form.Rows;
        Span<double> gramian = _gramian.AsSpan(0, _present * _present);
        switch (_form)
        {
            case Form.Rows:
                _rows ??= new TaskGradients(tasks, layout);
                _rows.Use(_present);
                tape.Backward(losses, _rows, release: BalancerReadsGramian && !extra);
                _rows.Gramian(gramian);
                break;
            case Form.Streamed:
                _streamed ??= new GradientGramian(tasks, layout);
                _streamed.Use(_present);
                tape.Backward(losses, _streamed);
                _streamed.Values.CopyTo(gramian);
                break;
            case Form.Representation:
                _representation ??= new RepresentationGradients(tasks, layout);
                _representation.Use(_present);
                tape.Backward(losses, _representation);
                _representation.Gramian(gramian, options.BalanceAt == BalanceLevel.RepresentationSum);
                break;
        }
    }

    /// <summary>Asks the balancer and makes the combined gradient.</summary>
    /// <param name="input">The step.</param>
    /// <param name="losses">[K'] the losses present.</param>
    /// <param name="weights">[K'], overwritten.</param>
    /// <param name="extra">A loss outside the balancer's rule whose gradient is added with weight 1, to shared parameters and those of single tasks; empty for none.</param>
    public BalanceStatus Combine(in BalanceInput input, ReadOnlySpan<Tensor> losses, Span<double> weights, Tensor extra)
    {
        if (extra.IsEmpty) return Combine(input, losses, weights, release: true);
        if (!BalancerReadsGramian)
        {
            BalanceStatus weighed = balancer.Weigh(input, weights);
            losses.CopyTo(_all);
            weights.CopyTo(_allWeights);
            (_all[losses.Length], _allWeights[losses.Length]) = (extra, 1);
            tape.Backward(_all.AsSpan(0, losses.Length + 1), _allWeights.AsSpan(0, losses.Length + 1), _combined, release: true);
            return weighed;
        }

        BalanceStatus status = Combine(input, losses, weights, release: false);
        _extra ??= new TaskGradients(layout);
        tape.Backward([extra], [1.0], _extra, release: true);
        Span<float> sum = _combined.Flat[..layout.Count];
        TensorPrimitives.Add(sum, _extra.Flat, sum);
        return status;
    }

    private BalanceStatus Combine(in BalanceInput input, ReadOnlySpan<Tensor> losses, Span<double> weights, bool release)
    {
        if (BalancerReadsGramian && _form == Form.Rows)
        {
            BalanceStatus combined = balancer.Combine(input, _rows!, _combined.Row(0), weights);
            if (balancer.WeighsHeads) _rows!.ScaleOwn(Heads(weights));
            _rows!.Own.CopyTo(_combined.Own);
            return combined;
        }

        BalanceStatus status = balancer.Weigh(input, weights);
        if (!BalancerReadsGramian) tape.Backward(losses, weights, _combined, release);
        else if (_form == Form.Representation)
        {
            if (balancer.MixesRepresentation) Mix(input);
            else tape.Backward(_representation!, weights, _combined);
            if (balancer.WeighsHeads) _representation!.ScaleOwn(Heads(weights));
            _representation!.Own.CopyTo(_combined.Own);
        }
        else
        {
            tape.BackwardShared(losses, weights, _combined, release);
            if (balancer.WeighsHeads) _streamed!.ScaleOwn(Heads(weights));
            _streamed!.Own.CopyTo(_combined.Own);
        }

        return status;
    }

    private ReadOnlySpan<double> Heads(ReadOnlySpan<double> weights)
    {
        Span<double> heads = _heads.AsSpan(0, weights.Length);
        balancer.WeighHeads(weights, heads);
        return heads;
    }

    private void Mix(in BalanceInput input)
    {
        RepresentationGradients at = _representation!;
        for (int i = 0; i < at.PartCount; i++)
        {
            var part = new RepresentationPart { Batch = at.BatchOf(i), Values = at.ValuesOf(i), Gradients = at.GradientsOf(i) };
            balancer.CombineRepresentation(input, part, at.MixtureOf(i));
        }

        tape.Backward(at, _combined);
    }

    /// <summary>Whether rows are not needed as such, and dearer than streaming, for batches like this one.</summary>
    private bool Streams(ReadOnlySpan<Tensor> losses, int batchRows)
    {
        if ((balancer.Needs & BalancerNeeds.Gradients) != 0) return false;
        // An epoch ends with a smaller batch, and tasks come and go: each combination is counted once.
        if (!_streams.TryGetValue((losses.Length, batchRows), out bool streams))
        {
            streams = tape.Cost(losses, layout).PrefersStreaming(options.GradientMemory);
            _streams.Add((losses.Length, batchRows), streams);
        }

        return streams;
    }
}
