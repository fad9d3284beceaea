using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>MMoE, CGC, PLE, ESMM and AITM against torch-rechub, MTReclib, DeepCTR-Torch and LibMTL in inference.</summary>
public sealed class LibraryModelsGoldenTests
{
    private const string Family = "recsys-base";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "mmoe_rechub", "ple_rechub", "aitm_rechub", "esmm_rechub" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_torch_rechub(string file)
    {
        using JsonDocument document = Open(file, out JsonElement inputs, out JsonElement expected, out GoldenTolerance tolerance);
        bool funnel = file.StartsWith("aitm", StringComparison.Ordinal) || file.StartsWith("esmm", StringComparison.Ordinal);
        bool[] numbers = [.. inputs.GetProperty("task_types").EnumerateArray().Select(type => type.GetString() == "regression")];

        // In the published code a step of a funnel may be called a number; it answers with a probability all the same.
        TaskSet tasks = new(numbers.Select((number, t) => number && !funnel ? Target.Regression($"task{t}") : Target.Binary($"task{t}")));
        Dictionary<string, GoldenArray> given = GoldenArray.Map(inputs.GetProperty("state_dict"));

        // Columns with an embedding are categorical, in the order of the tables; the others are numeric.
        const string Table = "embedding.embed_dict.";
        string[] fields = [.. given.Keys.Where(name => name.StartsWith(Table, StringComparison.Ordinal)).Select(name => name[Table.Length..^".weight".Length])];
        Dictionary<string, GoldenArray> columns = GoldenArray.Map(inputs.GetProperty("x"));
        string[] numeric = file.StartsWith("esmm", StringComparison.Ordinal) ? [] : [.. columns.Keys.Except(fields)];
        var names = new TorchNames().Ignore(@".*\.num_batches_tracked");
        for (int i = 0; i < fields.Length; i++) names.Rule($@"embedding\.embed_dict\.{fields[i]}\.weight", $"embedding.fields.{i}.weight");
        names.Rule(@"experts\.(.*)", "mixture.experts.$1")
            .Rule(@"gates\.(\d+)\.layers\.0\.(.*)", "mixture.gates.$1.$2")
            .Rule(@"(bottoms\..*)", "$1")
            .Rule(@"info_gates\.(.*)", "information.$1")
            .Rule(@"aits\.(\d+)\.q_layer\.(.*)", "transfer.$1.query.$2")
            .Rule(@"aits\.(\d+)\.k_layer\.(.*)", "transfer.$1.key.$2")
            .Rule(@"aits\.(\d+)\.v_layer\.(.*)", "transfer.$1.value.$2")
            .Rule(@"tower_ctr\.(.*)", "towers.0.$1")
            .Rule(@"tower_cvr\.(.*)", "towers.1.$1")
            .Rule(@"cgc_layers\.(\d+)\.experts_shared\.(.*)", "levels.$1.shared.$2")
            .Rule(@"cgc_layers\.(\d+)\.gate_shared\.layers\.0\.(.*)", "levels.$1.shared_gate.$2")
            .Rule(@"cgc_layers\.(\d+)\.gates_specific\.(\d+)\.layers\.0\.(.*)", "levels.$1.gates.$2.$3");

        // Specific experts are numbered through: n per task.
        Dictionary<string, GoldenArray> state = TorchNames.Unroll(given, 4);
        int perTask = Math.Max(1, GoldenModel.Count(state, "cgc_layers.0.experts_specific") / tasks.Count);
        for (int i = 0; i < perTask * tasks.Count; i++) names.Rule($@"cgc_layers\.(\d+)\.experts_specific\.{i}\.(.*)", $"levels.$1.specific.{i / perTask}.{i % perTask}.$2");
        names.Rule(@"(towers\..*)", "$1");
        state = names.Translate(state);

        var schema = new FeatureSchema(numeric, [.. fields.Select((field, i) => new CategoricalFeature(field, state[$"embedding.fields.{i}.weight"].Shape[0]))]);
        int rows = columns.Values.First().Values.Length;
        Batch batch = Batch(rows, [.. fields.Select(field => columns[field].Values)], [.. numeric.Select(column => columns[column].Values)]);
        TabularModel model = file.Split('_')[0] switch
        {
            "mmoe" => GoldenModel.MMoE(state, schema, tasks),
            "ple" => GoldenModel.Ple(state, schema, tasks),
            "aitm" => GoldenModel.Aitm(state, schema, tasks),
            _ => GoldenModel.Esmm(state, schema, tasks),
        };
        Tensor[] logits = Infer(model, batch);
        GoldenArray outputs = GoldenArray.From(expected.GetProperty("outputs"));
        if (model is Esmm esmm)
        {
            // Columns: conversion given a click, click, both.
            tolerance.Check("cvr", Column(outputs, 0), esmm.ConditionalProbabilities(batch)[1].Span);
            tolerance.Check("ctr", Column(outputs, 1), logits[0].Sigmoid().Span);
            tolerance.Check("ctcvr", Column(outputs, 2), logits[1].Sigmoid().Span);
            return;
        }

        for (int t = 0; t < tasks.Count; t++) tolerance.Check($"task {t}", Column(outputs, t), (tasks[t].Kind == TaskKind.Binary ? logits[t].Sigmoid() : logits[t]).Span);
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "mmoe_deepctr", "ple_deepctr" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_deepctr_torch(string file)
    {
        using JsonDocument document = Open(file, out JsonElement inputs, out JsonElement expected, out GoldenTolerance tolerance);
        Dictionary<string, GoldenArray> given = GoldenArray.Map(inputs.GetProperty("state_dict"));
        GoldenArray x = GoldenArray.From(inputs.GetProperty("X")), outputs = GoldenArray.From(expected.GetProperty("outputs"));
        int count = outputs.Shape[1], levels = given.Keys.Where(name => name.StartsWith("specific_experts.", StringComparison.Ordinal)).Select(name => int.Parse(name.Split('.')[1])).DefaultIfEmpty(-1).Max() + 1;

        // The file does not say which task is binary; a column is either the logit or its probability, which Check below decides.
        TaskSet tasks = new(Enumerable.Range(0, count).Select(t => Target.Regression($"task{t}")));
        const string Dense = @"linears\.(\d+)\.(\w+)";
        Dictionary<string, GoldenArray> state = new TorchNames()
            .Ignore(@"linear_model\..*")
            .Ignore($@"shared_gate_dnn(_final_layer)?\.{levels - 1}\..*")
            .Rule(@"embedding_dict\.\w+\.weight", "embedding.fields.0.weight")
            .Rule(@"expert_dnn\.(\d+)\." + Dense, "mixture.experts.$1.layers.$2.linear.$3")
            .Rule(@"gate_dnn\.(\d+)\." + Dense, "mixture.gates.$1.hidden.layers.$2.linear.$3")
            .Rule(@"gate_dnn_final_layer\.(\d+)\.weight", "mixture.gates.$1.linear.weight")
            .Rule(@"specific_experts\.(\d+)\.(\d+)\.(\d+)\." + Dense, "levels.$1.specific.$2.$3.layers.$4.linear.$5")
            .Rule(@"shared_experts\.(\d+)\.0\.(\d+)\." + Dense, "levels.$1.shared.$2.layers.$3.linear.$4")
            .Rule(@"specific_gate_dnn\.(\d+)\.(\d+)\.0\." + Dense, "levels.$1.gates.$2.hidden.layers.$3.linear.$4")
            .Rule(@"specific_gate_dnn_final_layer\.(\d+)\.(\d+)\.weight", "levels.$1.gates.$2.linear.weight")
            .Rule(@"shared_gate_dnn\.(\d+)\." + Dense, "levels.$1.shared_gate.hidden.layers.$2.linear.$3")
            .Rule(@"shared_gate_dnn_final_layer\.(\d+)\.weight", "levels.$1.shared_gate.linear.weight")
            .Rule(@"tower_dnn\.(\d+)\." + Dense, "towers.$1.layers.$2.linear.$3")
            .Rule(@"tower_dnn_final_layer\.(\d+)\.weight", "towers.$1.output.weight")
            .Rule(@"out\.(\d+)\.bias", "towers.$1.output.bias")
            .Translate(given);

        var schema = new FeatureSchema([.. Enumerable.Range(0, x.Shape[1] - 1).Select(i => $"d{i}")], [new CategoricalFeature("c", state["embedding.fields.0.weight"].Shape[0])]);
        Batch batch = Batch(x.Shape[0], [Column(x, 0)], [.. Enumerable.Range(1, x.Shape[1] - 1).Select(i => Column(x, i))]);
        TabularModel model = file.StartsWith("mmoe", StringComparison.Ordinal) ? GoldenModel.MMoE(state, schema, tasks) : GoldenModel.Ple(state, schema, tasks);
        Tensor[] logits = Infer(model, batch);
        for (int t = 0; t < count; t++)
        {
            float[] wanted = Column(outputs, t);
            tolerance.Check($"task {t}", wanted, (tolerance.Agrees(wanted, logits[t].Span) ? logits[t] : logits[t].Sigmoid()).Span);
        }
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "ple_mtreclib", "aitm_mtreclib" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_the_multitask_recommendation_library(string file)
    {
        using JsonDocument document = Open(file, out JsonElement inputs, out JsonElement expected, out GoldenTolerance tolerance);
        GoldenArray ids = GoldenArray.From(inputs.GetProperty("categorical_x")), numbers = GoldenArray.From(inputs.GetProperty("numerical_x")), outputs = GoldenArray.From(expected.GetProperty("outputs"));
        TaskSet tasks = new(Enumerable.Range(0, outputs.Shape[0]).Select(t => Target.Binary($"task{t}")));
        Dictionary<string, GoldenArray> given = GoldenArray.Map(inputs.GetProperty("state_dict"));
        int last = given.Keys.Where(name => name.StartsWith("share_gates.", StringComparison.Ordinal)).Select(name => int.Parse(name.Split('.')[1])).DefaultIfEmpty(-1).Max();
        Dictionary<string, GoldenArray> state = new TorchNames()
            .Ignore(@".*\.num_batches_tracked")
            .Ignore($@"share_gates\.{last}\..*")
            .Rule(@"embedding\.embedding\.weight", "table")
            .Rule(@"numerical_layer\.(\w+)", "embedding.numeric.$1")
            .Rule(@"g\.(\d+)\.(\w+)", "information.$1.output.$2")
            .Rule(@"h1\.(\w+)", "transfer.value.$1")
            .Rule(@"h2\.(\w+)", "transfer.key.$1")
            .Rule(@"h3\.(\w+)", "transfer.query.$1")
            .Rule(@"bottom\.(.*)", "bottoms.$1")
            .Rule(@"task_experts\.(.*)", "levels.$1")
            .Rule(@"share_experts\.(\d+)\.(.*)", "levels.$1.shared.$2")
            .Rule(@"task_gates\.(\d+)\.(\d+)\.0\.(\w+)", "levels.$1.gates.$2.linear.$3")
            .Rule(@"share_gates\.(\d+)\.0\.(\w+)", "levels.$1.shared_gate.linear.$2")
            .Rule(@"tower\.(\d+)\.(.*)", "towers.$1.$2")
            .Translate(TorchNames.Unroll(given, 4));
        state = state.ToDictionary(entry => System.Text.RegularExpressions.Regex.Replace(entry.Key, @"^levels\.(\d+)\.(\d+\.\d+\.)", "levels.$1.specific.$2"), entry => entry.Value, StringComparer.Ordinal);

        // One table holds all fields on top of each other; the file does not say where one ends, so every division that fits the ids is tried.
        Assert.True(state.Remove("table", out GoldenArray? table));
        int fields = ids.Shape[1], width = table.Shape[1];
        bool agreed = false;
        foreach (int[] sizes in Divisions(table.Shape[0], [.. Enumerable.Range(0, fields).Select(field => (int)Column(ids, field).Max() + 1)]))
        {
            var cut = new Dictionary<string, GoldenArray>(state, StringComparer.Ordinal);
            for (int field = 0, start = 0; field < fields; start += sizes[field++]) cut[$"embedding.fields.{field}.weight"] = new GoldenArray([sizes[field], width], table.Values[(start * width)..((start + sizes[field]) * width)]);
            var schema = new FeatureSchema([.. Enumerable.Range(0, numbers.Shape[1]).Select(i => $"n{i}")], [.. sizes.Select((size, field) => new CategoricalFeature($"c{field}", size))]);
            Batch batch = Batch(ids.Shape[0], [.. Enumerable.Range(0, fields).Select(field => Column(ids, field))], [.. Enumerable.Range(0, numbers.Shape[1]).Select(i => Column(numbers, i))]);
            Tensor[] logits = Infer(file.StartsWith("ple", StringComparison.Ordinal) ? GoldenModel.Ple(cut, schema, tasks) : GoldenModel.Aitm(cut, schema, tasks), batch);
            agreed |= Enumerable.Range(0, tasks.Count).All(t => tolerance.Agrees(outputs.Values.AsSpan(t * batch.Rows, batch.Rows), logits[t].Sigmoid().Span));
        }

        Assert.True(agreed, "no division of the table into fields gives the expected probabilities");
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "cgc_libmtl" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_libmtl(string file)
    {
        using JsonDocument document = Open(file, out JsonElement inputs, out JsonElement expected, out GoldenTolerance tolerance);
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x"));
        string[] taskNames = [.. inputs.GetProperty("config").GetProperty("tasks").EnumerateArray().Select(task => task.GetString()!)];
        var names = new TorchNames().Rule(@"experts_shared\.(\d+)\.0\.(\w+)", "levels.0.shared.$1.layers.0.linear.$2");
        for (int t = 0; t < taskNames.Length; t++)
        {
            names.Rule($@"decoders\.{taskNames[t]}\.(\w+)", $"towers.{t}.output.$1")
                .Rule($@"gate_specific\.{taskNames[t]}\.0\.(\w+)", $"levels.0.gates.{t}.linear.$1")
                .Rule($@"experts_specific\.{taskNames[t]}\.(\d+)\.0\.(\w+)", $"levels.0.specific.{t}.$1.layers.0.linear.$2");
        }

        TabularModel model = GoldenModel.Cgc(names.Translate(GoldenArray.Map(inputs.GetProperty("state_dict"))), FeatureSchema.Numeric(x.Shape[1]), new TaskSet(taskNames.Select(task => Target.Regression(task))), GateOrder.SharedFirst);
        Tensor[] outputs = Infer(model, MultiTabFixture.Batch(x));
        for (int t = 0; t < taskNames.Length; t++) tolerance.Check(taskNames[t], GoldenArray.From(expected.GetProperty("outputs").GetProperty(taskNames[t])).Values, outputs[t].Span);
    }

    private static JsonDocument Open(string file, out JsonElement inputs, out JsonElement expected, out GoldenTolerance tolerance)
    {
        JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        inputs = document.RootElement.GetProperty("inputs");
        expected = document.RootElement.GetProperty("expected");
        tolerance = GoldenTolerance.From(document.RootElement, "outputs");
        return document;
    }

    private static Tensor[] Infer(TabularModel model, Batch batch)
    {
        model.Evaluate();
        return TinyProblem.Forward(model, batch);
    }

    private static Batch Batch(int rows, float[][] categories, float[][] numeric)
    {
        var ids = new IndexTensor([rows, categories.Length]);
        Tensor numbers = Tensor.Zeros(rows, numeric.Length);
        for (int row = 0; row < rows; row++)
        {
            for (int field = 0; field < categories.Length; field++) ids.Span[(row * categories.Length) + field] = (int)categories[field][row];
            for (int column = 0; column < numeric.Length; column++) numbers.Span[(row * numeric.Length) + column] = numeric[column][row];
        }

        return new Batch { Rows = rows, Numeric = numbers, Categories = ids, Targets = Tensor.Zeros(rows, 1) };
    }

    private static float[] Column(GoldenArray matrix, int column) => [.. Enumerable.Range(0, matrix.Shape[0]).Select(row => matrix.Values[(row * matrix.Shape[1]) + column])];

    /// <summary>All ways to write a total as ordered parts of at least the given sizes.</summary>
    private static IEnumerable<int[]> Divisions(int total, int[] least)
    {
        if (least.Length == 1)
        {
            if (total >= least[0]) yield return [total];
            yield break;
        }

        for (int first = least[0]; first <= total - least[1..].Sum(); first++)
        {
            foreach (int[] rest in Divisions(total - first, least[1..])) yield return [first, .. rest];
        }
    }
}
