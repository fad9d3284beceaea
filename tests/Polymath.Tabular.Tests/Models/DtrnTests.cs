using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class DtrnTests
{
    private static readonly DtrnOptions s_small = new() { EmbeddingWidth = 4, ConditionWidth = 3, HyperHidden = 5, FeedForward = 6, RefineHidden = 6, TowerHidden = [3], ExpertHidden = [3], Experts = 2, SpecificExperts = 1, BatchNorm = false, Activation = Activation.Tanh };

    public static TheoryData<string> Variants =>
    [
        "", "use-tim=false", "use-trm=false", "layers=2", "scale-mode=direct", "refine-granularity=element,refine-scale=2", "squeeze=mean", "head=mmoe", "head=ple,levels=2", "numeric=per-field-linear,item=item",
    ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gradients_of_all_variants_agree_with_finite_differences(string changes)
    {
        Dtrn model = Create(changes);
        Batch batch = HistoryProblem.Batch(HistoryProblem.Schema);
        HistoryProblem.RequireGradients(model, batch);
        Assert.Equal(model.ParameterCount, model.Summary.Parameters);
        Assert.Equal(model.FlopsPerRow, model.Summary.FlopsPerRow);
        TabularModel again = TabularModels.Create(model.Name, model.Schema, model.Tasks, model.OptionValues, seed: 3);
        Assert.Equal(TinyProblem.Forward(model, batch)[0].ToArray(), TinyProblem.Forward(again, batch)[0].ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("layers=2")]
    [InlineData("head=ple")]
    public void A_parameter_of_one_task_is_reached_by_that_task_only_and_shared_ones_by_all(string changes)
    {
        Dtrn model = Create(changes, tasks: 3);
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        using var tape = new Tape();
        bool[,] reach = tape.Reach(HistoryProblem.Losses(model, HistoryProblem.Batch(HistoryProblem.Schema)), [.. parameters.Select(entry => entry.Value.Value)]);
        for (int p = 0; p < parameters.Length; p++)
        {
            string[] parts = parameters[p].Key.Split('.');
            int? owner = parts[0] == "towers" ? int.Parse(parts[1]) : parts is ["bottom", "tasks" or "refinement", ..] ? int.Parse(parts[2]) : parts is ["mixtures", _, "specific" or "gates", ..] ? int.Parse(parts[3]) : null;
            Assert.Equal(owner is { } task ? [task] : [0, 1, 2], Enumerable.Range(0, 3).Where(k => reach[k, p]));
        }
    }

    [Fact]
    public void Equal_histories_and_items_give_equal_interests_whatever_the_other_fields_are()
    {
        Dtrn model = Create("");
        Tensor[] sequences = Lists(out Tensor[] masks), outputs = new Tensor[2];
        Tensor fields = Tensor.Normal(new RandomStream(4), new Shape(2, 3, 4));
        fields.Slice(1, 1, 1).Span[..4].CopyTo(fields.Span[16..]);
        var trace = new DtrnTrace(2);
        model.Bottom.Forward(fields, sequences, masks, outputs, trace);
        Assert.All(trace.Interests.SelectMany(task => task), interest => Assert.Equal(interest.Span[..4].ToArray(), interest.Span[4..].ToArray()));
        Assert.NotEqual(trace.Interests[0][0].ToArray(), trace.Interests[1][0].ToArray());

        // Two rows with the same lists.
        static Tensor[] Lists(out Tensor[] masks)
        {
            masks = [Tensor.FromArray([1f, 1f, 0f, 0f, 1f, 1f, 0f, 0f], 2, 4), Tensor.Ones(2, 3)];
            var random = new RandomStream(5);
            return [.. ((int[])[4, 3]).Select(length => Tensor.Normal(random, new Shape(1, length, 4)).BroadcastTo(2, length, 4))];
        }
    }

    [Fact]
    public void An_empty_history_has_no_interest_no_weights_and_no_gradient()
    {
        Dtrn model = Create("use-trm=false", tasks: 1);
        var random = new RandomStream(6);
        Tensor fields = Tensor.Normal(random, new Shape(2, 3, 4)), clicks = Tensor.Normal(random, new Shape(2, 4, 4)).WithGradient(), buys = Tensor.Normal(random, new Shape(2, 3, 4)).WithGradient();
        Tensor none = Tensor.FromArray([0f, 0f, 0f, 0f, 1f, 1f, 0f, 0f], 2, 4), some = Tensor.FromArray([1f, 0f, 0f, 0f, 0f, 0f], 2, 3);
        var trace = new DtrnTrace(1);
        using var tape = new Tape();
        Tensor[] outputs = new Tensor[1];
        model.Bottom.Forward(fields, [clicks, buys], [none, some], outputs, trace);
        Tensor[] gradients = tape.Gradients([(outputs[0] * outputs[0]).Sum()], [clicks, buys]);
        Assert.All(trace.Interests[0][0].Span[..4].ToArray(), value => Assert.Equal(0f, value));
        Assert.All(trace.Interests[0][1].Span[4..].ToArray(), value => Assert.Equal(0f, value));
        Assert.Equal([0f, 0f, 0f, 0f], trace.Attention[0][0].Span[..4].ToArray());
        Assert.Equal(1f, trace.Attention[0][0].Span[4..].ToArray().Sum(), 1e-6f);
        Assert.Equal([1f, 0f, 0f, 0f, 0f, 0f], trace.Attention[0][1].ToArray());

        // Only the items that are there receive something, and nothing is NaN.
        Items(gradients[0].ToArray(), [4, 5]);
        Items(gradients[1].ToArray(), [0]);

        static void Items(float[] gradient, int[] there)
        {
            for (int item = 0; item < gradient.Length / 4; item++)
            {
                float[] own = gradient[(4 * item)..(4 * (item + 1))];
                if (there.Contains(item)) Assert.All(own, value => Assert.True(float.IsFinite(value) && value != 0f));
                else Assert.All(own, value => Assert.Equal(0f, value));
            }
        }
    }

    [Fact]
    public void Vectors_at_padding_change_nothing()
    {
        Dtrn model = Create("", tasks: 2);
        Batch batch = HistoryProblem.Batch(HistoryProblem.Schema);
        float[] before = [.. TinyProblem.Forward(model, batch).SelectMany(output => output.ToArray())];
        for (int i = 0; i < batch.SequenceIds!.Span.Length; i++)
        {
            if (batch.SequenceMask.Span[i] == 0f) batch.SequenceIds.Span[i] = 5;
        }

        Assert.Equal(before, TinyProblem.Forward(model, batch).SelectMany(output => output.ToArray()));
    }

    [Fact]
    public void Refinement_weights_are_named_and_lie_between_zero_and_their_scale()
    {
        Batch batch = HistoryProblem.Batch(HistoryProblem.Schema);
        Dtrn plain = Create(""), scaled = Create("refine-scale=2"), none = Create("use-trm=false");
        Assert.Equal(["city", "item", "numeric", "clicks", "buys"], plain.RefinedFields);
        float[] once = plain.GetRefineWeights(batch)[1].ToArray(), twice = scaled.GetRefineWeights(batch)[1].ToArray();
        Assert.Equal(new Shape(batch.Rows, 5), plain.GetRefineWeights(batch)[1].Shape);
        Assert.All(once, weight => Assert.InRange(weight, 0f, 1f));
        Assert.Equal(once.Select(weight => 2 * weight), twice);
        Assert.Empty(none.GetRefineWeights(batch));
        Assert.True(plain.Training);
    }

    [Fact]
    public void Without_the_interest_module_all_tasks_have_the_same_interests()
    {
        IReadOnlyList<IReadOnlyList<Tensor>> attention = Create("use-tim=false").GetTargetAttention(HistoryProblem.Batch(HistoryProblem.Schema));
        Assert.Equal((2, 2), (attention.Count, attention[0].Count));
        Assert.Equal(attention[0][0].ToArray(), attention[1][0].ToArray());
    }

    [Fact]
    public void A_direct_scale_starts_at_one()
    {
        var hyper = new HyperNetwork(6, 5, 2, 4, NormScale.Direct, new RandomStream(1));
        Tensor norms = hyper.Forward(Tensor.Zeros(1, 6));
        for (int row = 0; row < 8; row++) Assert.All(norms.Select(0, row).ToArray(), value => Assert.Equal(row % 2 == 0 ? 1f : 0f, value, 0.25f));
    }

    [Fact]
    public void Gates_of_expert_heads_are_shown()
    {
        Batch batch = HistoryProblem.Batch(HistoryProblem.Schema);
        Assert.Empty(Create("").GateWeights(batch));
        Assert.Equal([["shared.0", "shared.1"], ["shared.0", "shared.1"]], Create("head=mmoe").GateWeights(batch).Select(use => use.Experts));
        IReadOnlyList<GateUse> ple = Create("head=ple,levels=2").GateWeights(batch);
        Assert.Equal(["task1.0", "shared.0", "shared.1"], ple[1].Experts);
        Assert.Equal([0, 0, 1, 1], ple.Select(use => use.Level));
        Assert.All(ple, use => Assert.Equal(1f, use.Mean.Sum(), 1e-5f));
    }

    [Theory]
    [InlineData("heads=3", "heads=3 does not divide embedding-width=4")]
    [InlineData("item=itm", "item=itm is no categorical field (did you mean 'item'?)")]
    [InlineData("numeric=raw", "numeric=raw makes no field")]
    [InlineData("refine-scale=0", "refine-scale=0 is not allowed")]
    public void Wrong_options_are_refused(string changes, string expected) => Assert.Contains(expected, Assert.Throws<ModelException>(() => Create(changes)).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_that_do_not_fit_are_refused()
    {
        TaskSet tasks = TinyProblem.Tasks(2);
        Refused(() => new Dtrn(TinyProblem.Schema, tasks), "found no sequence of items for the interest module", "--sequence", "use-tim=false");
        Refused(() => new Dtrn(new FeatureSchema([], HistoryProblem.Schema.Fields, [new SequenceFeature("tags", 4, 2)]), tasks), "the target item is not named", "city, item");
        Assert.Equal("dtrn", new Dtrn(HistoryProblem.WithTags, tasks).Name);
        _ = new Dtrn(HistoryProblem.WithTags, tasks, new DtrnOptions { Item = "item" });
        Assert.Contains("expected [6, 3]", Assert.Throws<TensorException>(() => Create("").Bottom.Forward(Tensor.Zeros(6, 3, 4), [Tensor.Zeros(6, 4, 4), Tensor.Zeros(6, 3, 4)], [Tensor.Ones(6, 4), Tensor.Ones(6, 2)], new Tensor[2])).Message, StringComparison.Ordinal);

        static void Refused(Func<Dtrn> create, params string[] parts)
        {
            string message = Assert.Throws<ModelException>(() => create()).Message;
            foreach (string part in parts) Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    private static Dtrn Create(string changes, int tasks = 2)
    {
        var values = new Dictionary<string, string>(DtrnOptions.Table.Write(s_small), StringComparer.Ordinal);
        foreach ((string name, string value) in Tabular.Runs.ModelSpecification.Parse($"dtrn:{changes}").Options) values[name] = value;
        return (Dtrn)TabularModels.Create("dtrn", HistoryProblem.Schema, TinyProblem.Tasks(tasks), values, seed: 3);
    }
}
