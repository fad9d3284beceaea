using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Entire-space multi-task model (Ma et al. 2018): tasks in the order of a funnel (click, then cart, then purchase), each of which can only
/// happen after the one before. Network t answers "given the step before, does step t happen?", p_t; what is trained and predicted is the
/// probability over all rows, P_t = p_1 p_2 ... p_t, so that no network is trained on a biased part of the rows. Children: <c>embedding</c>,
/// <c>towers.0</c>, ...: the whole network of a step.
/// </summary>
/// <remarks>The label of a task is "this step and all before it", observed for every row. The outputs are the logits of P_t, computed in logarithms.</remarks>
/// <example><code>
/// var funnel = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new Esmm(FeatureSchema.Numeric(6), funnel, seed: 1);
/// </code></example>
public sealed class Esmm : TabularModel
{
    internal const string RegistryName = "esmm";

    private readonly EsmmOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly Mlp[] _towers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The steps of the funnel, in order; at least two, all binary.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, there is one task only, or one is not binary.</exception>
    public Esmm(FeatureSchema schema, TaskSet tasks, EsmmOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = EsmmOptions.Table.Check(options ?? new EsmmOptions());
        Funnel.Require(RegistryName, tasks);
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        _towers = AddTowers(_embedding.Width, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => EsmmOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        Tensor x = _embedding.Forward(batch), reached = default, lost = default;
        for (int t = 0; t < outputs.Length; t++)
        {
            Tensor z = _towers[t].Forward(x), happens = -(-z).Softplus(), not = -z.Softplus();
            if (t == 0)
            {
                (outputs[t], reached, lost) = (z, happens, not);
                continue;
            }

            // log P_t = log P_(t-1) + log p_t, and log(1 - P_t) = log((1 - P_(t-1)) + P_(t-1) (1 - p_t)): nothing cancels, however small P_t is.
            lost = Tensor.Concat([lost, reached + not], 1).LogSumExp(1, keepAxis: true);
            reached += happens;
            outputs[t] = reached - lost;
        }
    }

    /// <summary>p_t of every step for some rows: the probability of step t given step t - 1, in inference mode.</summary>
    /// <param name="batch">The rows; labels are not read.</param>
    /// <returns>One tensor <c>[rows, 1]</c> per task. Copies that outlive the tape.</returns>
    public IReadOnlyList<Tensor> ConditionalProbabilities(Batch batch)
    {
        using var inference = new InferenceScope(this);
        Tensor x = _embedding.Forward(batch);
        return [.. _towers.Select(tower => tower.Forward(x).Sigmoid().Keep())];
    }

    /// <inheritdoc/>
    public override void RequireLabels(Dataset data)
    {
        if (Tasks.Any(task => task.LogitShift != 0)) throw new TrainingException($"{RegistryName}: learns from all rows of a funnel, expected no share of the negative labels to be left out; set negatives to 1.");
        Funnel.RequireLabels(RegistryName, Tasks, data);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() => [Part("embedding", _embedding), .. _towers.Select(tower => Part("towers", tower))];
}
