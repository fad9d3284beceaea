using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Adaptive information transfer multi-task model (Xi et al. 2021): q_t = bottom_t(x); z_1 = q_1 and z_t = AIT(gate(z_(t-1)), q_t), so that a
/// later step of a funnel learns from the one before; logit_t = tower_t(z_t). A calibrator adds
/// alpha sum_t mean(max(p_t - p_(t-1), 0)) to the losses: a purchase is not more likely than a click. Children: <c>embedding</c>,
/// <c>bottoms.0</c>, <c>information.0</c> (linear, from task 0 to task 1) or an <see cref="Mlp"/> layer, <c>transfer</c> or
/// <c>transfer.0</c> (<see cref="InformationTransfer"/>), <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var funnel = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new Aitm(FeatureSchema.Numeric(6), funnel, new AitmOptions { BottomHidden = [32, 16] }, seed: 1);
/// </code></example>
public sealed class Aitm : TabularModel
{
    internal const string RegistryName = "aitm";

    private readonly AitmOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly Mlp[] _bottoms, _information, _towers;
    private readonly MlpBank _bank;
    private readonly InformationTransfer[] _transfers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The steps of the funnel, in order; at least two, all binary.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, there is one task only, or one is not binary.</exception>
    public Aitm(FeatureSchema schema, TaskSet tasks, AitmOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = AitmOptions.Table.Check(options ?? new AitmOptions());
        Funnel.Require(RegistryName, tasks);
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        _bottoms = new Mlp[tasks.Count];
        for (int t = 0; t < _bottoms.Length; t++) _bottoms[t] = Add(Numbered("bottoms", t), new Mlp(_embedding.Width, _options.Hidden(_options.BottomHidden), random.Derive(Numbered("bottoms", t))));
        _bank = new MlpBank(_bottoms);
        int width = _bank.Outputs;
        _information = new Mlp[tasks.Count - 1];
        for (int t = 0; t < _information.Length; t++) _information[t] = Add(Numbered("information", t), new Mlp(width, _options.Information(width), random.Derive(Numbered("information", t))));
        _transfers = new InformationTransfer[_options.SharedTransfer ? 1 : tasks.Count - 1];
        for (int t = 0; t < _transfers.Length; t++)
        {
            string name = _options.SharedTransfer ? "transfer" : Numbered("transfer", t);
            _transfers[t] = Add(name, new InformationTransfer(width, random.Derive(name), _options.TransferBias, _options.Hidden().Initializer, _options.Hidden().BiasInitializer));
        }

        _towers = AddTowers(width, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => AitmOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override bool Penalizes => _options.CalibratorWeight > 0;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + (_options.SharedTransfer ? (Tasks.Count - 2) * _transfers[0].FlopsPerRow : 0);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        Tensor q = _bank.Forward(_embedding.Forward(batch)), z = default;
        int width = _bank.Outputs;
        for (int t = 0; t < outputs.Length; t++)
        {
            Tensor own = q.Slice(1, t * width, width);
            z = t == 0 ? own : _transfers[_options.SharedTransfer ? 0 : t - 1].Forward(_information[t - 1].Forward(z), own);
            outputs[t] = _towers[t].Forward(z);
        }

        Penalize(Penalizes && Training ? Calibrator(outputs) * _options.CalibratorWeight : default);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("embedding", _embedding),
        .. _bottoms.Select(bottom => Part("bottoms", bottom)),
        .. _information.Select(gate => Part("transfer", gate)),
        .. _transfers.Select(transfer => Part("transfer", transfer)),
        .. _towers.Select(tower => Part("towers", tower)),
    ];

    /// <summary>sum_t mean(max(p_t - p_(t-1), 0)).</summary>
    private static Tensor Calibrator(ReadOnlySpan<Tensor> logits)
    {
        Tensor sum = default, before = logits[0].Sigmoid();
        for (int t = 1; t < logits.Length; t++)
        {
            Tensor probability = logits[t].Sigmoid(), excess = (probability - before).Relu().Mean();
            sum = sum.IsEmpty ? excess : sum + excess;
            before = probability;
        }

        return sum;
    }
}
