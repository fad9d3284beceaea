using System.Text.Json;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests.Balancing;

/// <summary>One case of a balancer fixture file, and the comparison rules that the file states.</summary>
internal sealed class GoldenCase
{
    private readonly JsonElement _tolerance;

    private GoldenCase(string file, string name, JsonElement hyper, JsonElement inputs, JsonElement expected, JsonElement tolerance)
    {
        Where = $"{file} / {name}";
        Name = name;
        Hyper = hyper;
        Inputs = inputs;
        Expected = expected;
        _tolerance = tolerance;
        if (inputs.TryGetProperty("steps", out JsonElement steps))
        {
            JsonElement[] answers = [.. expected.GetProperty("steps").EnumerateArray()];
            Steps = [.. steps.EnumerateArray().Select((step, t) => new GoldenCase(file, $"{name} / step {t}", hyper, step, answers[t], tolerance))];
            (Rows, Batches, Gradients, Gramian, Losses) = ([], [], null!, [], []);
            return;
        }

        Batches = inputs.TryGetProperty("grads_3", out JsonElement batches) ? [.. batches.EnumerateArray().Select(batch => TaskGradients.FromRows([.. batch.EnumerateArray().Select(Singles)]))] : [];
        Rows = Batches.Length > 0
            ? [.. batches[Batches.Length - 1].EnumerateArray().Select(Singles)]
            : inputs.TryGetProperty("rep_grads", out JsonElement perSample)
            ? [.. perSample.EnumerateArray().Select(SumOverBatch)]
            : [.. inputs.GetProperty(inputs.TryGetProperty("grads", out _) ? "grads" : "jacobian").EnumerateArray().Select(Singles)];
        Gradients = TaskGradients.FromRows(Rows);
        Gramian = new double[Rows.Length * Rows.Length];
        Gradients.Gramian(Gramian);
        Losses = inputs.TryGetProperty("losses", out JsonElement losses) ? Singles(losses) : [.. Enumerable.Repeat(1f, Rows.Length)];
    }

    /// <summary>The steps of a case whose state carries over, in order; empty for a case of one call.</summary>
    public IReadOnlyList<GoldenCase> Steps { get; } = [];

    public string Where { get; }

    public string Name { get; }

    public JsonElement Hyper { get; }

    public JsonElement Inputs { get; }

    public JsonElement Expected { get; }

    public float[][] Rows { get; }

    public TaskGradients Gradients { get; }

    /// <summary>The task gradients of three independent batches; empty in other families.</summary>
    public TaskGradients[] Batches { get; }

    public double[] Gramian { get; }

    public float[] Losses { get; }

    public string Compare => Expected.TryGetProperty("compare", out JsonElement compare) ? compare.GetString()! : "official";

    public static IEnumerable<GoldenCase> Load(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("balancers", file)));
        JsonElement root = document.RootElement.Clone(), inputs = root.GetProperty("inputs"), expected = root.GetProperty("expected").GetProperty("cases");
        List<GoldenCase> cases = [];
        foreach (JsonProperty one in inputs.GetProperty("cases").EnumerateObject())
        {
            cases.Add(new GoldenCase(file, one.Name, inputs.GetProperty("hyper"), one.Value, expected.GetProperty(one.Name), root.GetProperty("tolerance")));
        }

        Assert.NotEmpty(cases);
        return cases;
    }

    public double Number(string key, double fallback) => Hyper.TryGetProperty(key, out JsonElement value) ? value.GetDouble() : fallback;

    public static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];

    public static float[] Singles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];

    /// <summary>weights^T rows, the official or exact answer, as the case says which one binds.</summary>
    public void CheckUpdate(ReadOnlySpan<double> weights)
    {
        float[] update = new float[Gradients.Count];
        Gradients.Combine(weights, update);
        CheckArray(OfficialUpdate.Name, [.. update.Select(value => (double)value)]);
    }

    /// <summary>The weights as the reference reports them; binding only when they are unique.</summary>
    public void CheckWeights(ReadOnlySpan<double> weights)
    {
        Assert.All(weights.ToArray(), weight => Assert.True(double.IsFinite(weight), Where));
        if (_tolerance.TryGetProperty("binding", out _) && !HasUniqueWeights()) return;
        CheckArray("weights", weights.ToArray());
    }

    public void CheckArray(string key, double[] actual)
    {
        Assert.All(actual, value => Assert.True(double.IsFinite(value), $"{Where}: {key} holds {value}"));
        if (Compare == "none")
        {
            // The one quantitative statement made about degenerate cases.
            string why = Expected.TryGetProperty("why_none", out JsonElement reason) ? reason.GetString()! : string.Empty;
            if (why.Contains("1e-4*max|grads|", StringComparison.Ordinal) && key == OfficialUpdate.Name)
            {
                Assert.True(Largest(actual) <= 1e-4 * LargestInput(), $"{Where}: {Largest(actual)} is not near zero");
            }

            return;
        }

        double[] expected = Doubles(Binding(key));
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = Tolerance, scale = Scale(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(actual[i] - expected[i]) <= tolerance * scale,
                $"{Where}: {key}[{i}] is {actual[i]:R}, expected {expected[i]:R} ({Compare}), off by {Math.Abs(actual[i] - expected[i]) / scale:E2} of the scale, allowed {tolerance:E2}");
        }
    }

    public double Tolerance => Name.StartsWith("colinear", StringComparison.Ordinal) && _tolerance.TryGetProperty("colinear_cases", out JsonElement colinear)
        ? colinear.GetDouble()
        : _tolerance.GetProperty("relative_to_max_abs").GetDouble();

    public double Scale(double[] expected) => _tolerance.TryGetProperty("scale", out _)
        ? Math.Max(Largest(expected), 1e-6 * LargestInput())
        : Math.Max(1e-12, Largest(expected));

    private (string Name, JsonElement Value) OfficialUpdate
    {
        get
        {
            string key = Expected.TryGetProperty("new_grad", out JsonElement value) ? "new_grad" : "aggregation";
            return (key, value.ValueKind == JsonValueKind.Undefined ? Expected.GetProperty(key) : value);
        }
    }

    private JsonElement Binding(string key)
    {
        if (Compare == "float64_reference")
        {
            JsonElement reference = Expected.GetProperty("float64_reference");
            if (reference.ValueKind == JsonValueKind.Array && key != "weights") return reference;
            if (reference.ValueKind == JsonValueKind.Object && reference.TryGetProperty(key, out JsonElement exact)) return exact;
        }

        return Expected.GetProperty(key);
    }

    private bool HasUniqueWeights()
    {
        int n = Rows.Length;
        double[] cosines = new double[n * n], values = new double[n], vectors = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double norms = Math.Sqrt(Gramian[(i * n) + i]) * Math.Sqrt(Gramian[(j * n) + j]);
                if (norms == 0) return false;
                cosines[(i * n) + j] = Gramian[(i * n) + j] / norms;
            }
        }

        SymmetricEigen.Decompose(cosines, values, vectors);
        return values[0] > 1e-6;
    }

    private double LargestInput() => Rows.Max(row => Largest([.. row.Select(value => (double)value)]));

    private static double Largest(double[] values) => values.Length == 0 ? 0 : values.Max(Math.Abs);

    private static float[] SumOverBatch(JsonElement samples)
    {
        double[][] rows = [.. samples.EnumerateArray().Select(Doubles)];
        return [.. Enumerable.Range(0, rows[0].Length).Select(column => (float)rows.Sum(row => row[column]))];
    }
}
