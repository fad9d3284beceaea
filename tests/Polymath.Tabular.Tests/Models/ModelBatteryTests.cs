using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests;

/// <summary>What must hold for every registered model; a new public model type fails the first test until it is registered.</summary>
public sealed class ModelBatteryTests
{
    public static TheoryData<string> Models { get; } = [.. TabularModels.All.Select(model => model.Name)];

    /// <summary>Without those that say that a prediction depends on the rows around it.</summary>
    public static TheoryData<string> ModelsOfSingleRows { get; } = [.. TabularModels.All.Select(model => model.Name).Where(name => !TinyProblem.Create(name, 2).RowsInteract)];

    public static TheoryData<string, int> ModelsAndTasks
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (ModelDescriptor model in TabularModels.All)
            {
                foreach (int tasks in (int[])(model.TakesFunnel ? [2, 5] : [1, 2, 5])) rows.Add(model.Name, tasks);
            }

            return rows;
        }
    }

    [Fact]
    public void Every_public_model_type_is_registered()
    {
        HashSet<Type> registered = [.. TabularModels.All.Select(model => TinyProblem.Create(model.Name, 2).GetType())];
        IEnumerable<Type> types = typeof(TabularModel).Assembly.GetExportedTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(MultiTaskModel)));
        Assert.Equal(types.OrderBy(type => type.Name), registered.OrderBy(type => type.Name));
    }

    [Theory]
    [MemberData(nameof(ModelsAndTasks))]
    public void Outputs_have_one_row_per_input_row_and_the_width_of_their_task(string name, int tasks)
    {
        TabularModel model = TinyProblem.Create(name, tasks, batchNorm: true);
        Assert.Equal(name, model.Name);
        Tensor[] outputs = TinyProblem.Forward(model, TinyProblem.Batch());
        for (int t = 0; t < tasks; t++) Assert.Equal(new Shape(TinyProblem.Rows, model.Tasks[t].Outputs), outputs[t].Shape);
    }

    [Theory]
    [MemberData(nameof(ModelsAndTasks))]
    public void Gradients_of_all_tasks_agree_with_finite_differences(string name, int tasks)
    {
        TabularModel model = TinyProblem.Create(name, tasks);
        Batch batch = TinyProblem.Batch();
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        var layout = new ParameterLayout(parameters.Select(entry => entry.Value.Value), []);
        var gradients = new TaskGradients(tasks, layout);
        bool[,] reach;
        using (var tape = new Tape())
        {
            Tensor[] losses = Losses(model, batch);
            reach = tape.Reach(losses, [.. parameters.Select(entry => entry.Value.Value)]);
            tape.Backward(losses, gradients);
        }

        int offset = 0;
        for (int p = 0; p < parameters.Length; p++)
        {
            (string parameter, Parameter values) = parameters[p];
            // Every few entries keep the battery fast; the step suits float32 values of order one.
            int length = values.Shape.Length, stride = Math.Max(1, length / 3);
            for (int i = 0; i < length; i += stride)
            {
                const float Step = 1e-2f;
                float kept = values.Value.Span[i];
                double[] up = At(kept + Step), down = At(kept - Step);
                values.Value.Span[i] = kept;
                for (int k = 0; k < tasks; k++)
                {
                    // STEM reads what other tasks know and lets no gradient through.
                    double expected = name == "stem" && !reach[k, p] ? 0 : (up[k] - down[k]) / (2 * Step), actual = gradients.Row(k)[offset + i];
                    Assert.True(Math.Abs(expected - actual) < 2e-3 + (2e-2 * Math.Abs(expected)), $"{parameter}[{i}], task {k}: {actual} against {expected}");
                }

                double[] At(float value)
                {
                    values.Value.Span[i] = value;
                    using var tape = new Tape();
                    using Tape.NoGradientScope silence = Tape.NoGradient();
                    return [.. Losses(model, batch).Select(loss => (double)loss.Item())];
                }
            }

            offset += length;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Names_of_parameters_and_buffers_are_unique(string name)
    {
        TabularModel model = TinyProblem.Create(name, 3, batchNorm: true);
        string[] names = [.. model.NamedParameters().Select(entry => entry.Key), .. model.NamedBuffers().Select(entry => entry.Key)];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(model.NamedParameters().Sum(entry => (long)entry.Value.Shape.Length), model.ParameterCount);
    }

    [Theory]
    [MemberData(nameof(ModelsAndTasks))]
    public void A_tower_is_reached_by_its_own_task_only_and_every_parameter_by_some_task(string name, int tasks)
    {
        TabularModel model = TinyProblem.Create(name, tasks, batchNorm: true);
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        using var tape = new Tape();
        bool[,] reach = tape.Reach(Losses(model, TinyProblem.Batch()), [.. parameters.Select(entry => entry.Value.Value)]);
        int towers = 0;
        for (int p = 0; p < parameters.Length; p++)
        {
            int[] reaching = [.. Enumerable.Range(0, tasks).Where(k => reach[k, p])];
            Assert.NotEmpty(reaching);
            string[] parts = parameters[p].Key.Split('.');
            if (parts[0] is not ("towers" or "networks")) continue;
            int own = int.Parse(parts[1]);
            Assert.Equal(name == "esmm" ? Enumerable.Range(own, tasks - own) : [own], reaching);
            towers++;
        }

        Assert.True(towers >= tasks);
    }

    [Theory]
    [MemberData(nameof(ModelsOfSingleRows))]
    public void One_row_is_answered_in_inference_exactly_as_among_others(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2, batchNorm: true);
        TinyProblem.Forward(model, TinyProblem.Batch(32));
        model.Evaluate();
        Tensor[] all = TinyProblem.Forward(model, TinyProblem.Batch(4)), one = TinyProblem.Forward(model, TinyProblem.Batch(1));
        for (int t = 0; t < 2; t++) Assert.Equal(all[t][0, 0], one[t][0, 0], 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void One_row_is_refused_in_training_with_batch_norm(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2, batchNorm: true);
        Assert.Contains("at least 2", Assert.Throws<TensorException>(() => TinyProblem.Forward(model, TinyProblem.Batch(1))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Inference_repeats_itself_and_training_moves_running_statistics(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2, batchNorm: true);
        Batch batch = TinyProblem.Batch();
        model.Evaluate();
        float[] first = Values(model, batch), before = Buffers(model);
        Assert.Equal(first, Values(model, batch));
        Assert.Equal(before, Buffers(model));
        model.Train();
        Values(model, batch);
        Assert.NotEqual(before, Buffers(model));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Order_of_rows_does_not_matter(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2);
        Batch batch = TinyProblem.Batch(2);
        var swapped = new Batch
        {
            Rows = 2,
            Numeric = Tensor.Concat([batch.Numeric.Slice(0, 1, 1), batch.Numeric.Slice(0, 0, 1)], 0),
            Categories = IndexTensor.FromArray([.. batch.Categories.Span[2..], .. batch.Categories.Span[..2]], 2, 2),
            Targets = batch.Targets,
        };
        Tensor[] straight = TinyProblem.Forward(model, batch), reversed = TinyProblem.Forward(model, swapped);
        for (int t = 0; t < 2; t++) Assert.Equal(straight[t][0, 0], reversed[t][1, 0], 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_saved_model_answers_the_same_when_rebuilt_from_its_name_and_options(string name)
    {
        TabularModel model = TinyProblem.Create(name, 3, batchNorm: true);
        Batch batch = TinyProblem.Batch();
        Values(model, batch);
        model.Evaluate();

        string path = Path.Combine(Path.GetTempPath(), $"polymath-battery-{Guid.NewGuid():N}.safetensors");
        try
        {
            var writer = new SafetensorsWriter();
            foreach ((string entry, Tensor tensor) in State(model)) writer.Add(entry, [.. tensor.Shape.Axis.ToArray().Select(length => (long)length)], tensor.Span);
            writer.Save(path);
            TabularModel other = TabularModels.Create(model.Name, model.Schema, model.Tasks, model.OptionValues, seed: 99);
            other.Evaluate();
            Assert.NotEqual(Values(model, batch), Values(other, batch));
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.Equal(file.Names.Order(), State(other).Select(entry => entry.Key).Order());
            foreach ((string entry, Tensor tensor) in State(other)) file.ReadFloat32(entry, tensor.Span);
            Assert.Equal(Values(model, batch), Values(other, batch));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others(string name)
    {
        float[] first = Weights(1);
        Assert.Equal(first, Weights(1));
        Assert.NotEqual(first, Weights(2));

        float[] Weights(ulong seed) => [.. TinyProblem.Create(name, 2, seed: seed).NamedParameters().SelectMany(entry => entry.Value.Value.ToArray())];
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_batch_that_does_not_fit_is_refused_by_name(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2);
        Batch good = TinyProblem.Batch();
        Tensor holed = good.Numeric.Keep();
        holed.Span[3] = float.NaN;
        Refused("'hours'", new Batch { Rows = good.Rows, Numeric = holed, Categories = good.Categories, Targets = good.Targets });
        Refused("expected [6, 2]", new Batch { Rows = good.Rows, Numeric = Tensor.Zeros(6, 3), Categories = good.Categories, Targets = good.Targets });
        var foreign = IndexTensor.FromArray(good.Categories.Span, 6, 2);
        foreign.Span[3] = 5;
        Refused("field 'job' has id 5 in row 1", new Batch { Rows = good.Rows, Numeric = good.Numeric, Categories = foreign, Targets = good.Targets });
        Assert.Throws<ModelException>(() => model.Forward(good, new Tensor[3]));

        void Refused(string part, Batch batch) => Assert.Contains(part, Assert.Throws<ModelException>(() => TinyProblem.Forward(model, batch)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_size_table_adds_up(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2, batchNorm: true);
        ModelSummary summary = model.Summary;
        Assert.Equal(model.ParameterCount, summary.Parameters);
        Assert.Equal(model.FlopsPerRow, summary.FlopsPerRow);
        Assert.All(summary.Parts, part => Assert.True(part.Parameters >= 0 && part.FlopsPerRow >= 0));
        Assert.Equal(summary.Parts.Count + 2, summary.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static Tensor[] Losses(TabularModel model, Batch batch)
        => [.. TinyProblem.Forward(model, batch).Select((output, t) => ((output - (0.3f * (t + 1))) * (output + 0.1f)).Mean())];

    private static float[] Values(TabularModel model, Batch batch) => [.. TinyProblem.Forward(model, batch).SelectMany(output => output.ToArray())];

    private static float[] Buffers(TabularModel model) => [.. model.NamedBuffers().SelectMany(entry => entry.Value.ToArray())];

    private static IEnumerable<KeyValuePair<string, Tensor>> State(TabularModel model)
        => model.NamedParameters().Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value)).Concat(model.NamedBuffers());
}
