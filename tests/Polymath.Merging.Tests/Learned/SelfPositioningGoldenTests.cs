using System.Globalization;
using System.Text.Json;
using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Every step of the reference search in both forms: losses, gradients, coefficients.</summary>
public sealed class SelfPositioningGoldenTests
{
    private const string System = "self-positioning";

    public static TheoryData<string> Runs => SharedFiles.GoldenRows(System, "free", "softmax_scale");

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_step_repeats_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected").GetProperty("steps");
        ModelState theta0 = GoldenModels.State(inputs.GetProperty("theta0"));
        var network = new GoldenNetwork(theta0);
        var pool = new TaskVectorPool(theta0, [.. inputs.GetProperty("task_vectors").EnumerateArray().Select((tensors, v) => new NamedTaskVector(v.ToString(CultureInfo.InvariantCulture), new TaskVector(GoldenModels.State(tensors))))]);
        JsonElement[] batches = [.. inputs.GetProperty("batches").EnumerateArray()];
        int pairs = batches[0].GetProperty("query").GetArrayLength(), steps = 0;
        float temperature = inputs.GetProperty("temperature").GetSingle();
        var probe = new ProbeTask("golden", batches.Length * pairs, rows =>
        {
            JsonElement batch = batches[rows[0] / pairs];
            Tensor negative = batch.TryGetProperty("negative", out JsonElement hard) && hard.ValueKind == JsonValueKind.Array ? network.Forward(GoldenNetwork.Rows(hard)) : default;
            return InfoNce.Mean(network.Forward(GoldenNetwork.Rows(batch.GetProperty("query"))), network.Forward(GoldenNetwork.Rows(batch.GetProperty("positive"))), temperature, negative);
        });
        bool free = inputs.GetProperty("mode").GetString() == "free";
        double rate = inputs.GetProperty("lr").GetDouble();
        SelfPositioning.Search(network, pool, [probe], new SelfPositioningOptions
        {
            Form = free ? PositionForm.Free : PositionForm.SoftmaxScale,
            Optimizer = () => new Sgd(rate),
            Steps = expected.GetArrayLength(),
            BatchSize = pairs,
            Shuffle = false,
            Observer = (in CoefficientStep step) =>
            {
                JsonElement wanted = expected[steps++];
                GoldenModels.Near([wanted.GetProperty("loss").GetSingle()], [(float)step.Loss], golden, $"loss {steps}");
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("grad_a")), step.Gradient[..pool.Count], golden, $"gradient of a {steps}");
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("a_after")), step.Trained[..pool.Count], golden, $"a {steps}");
                if (free) return;
                GoldenModels.Near([wanted.GetProperty("grad_lambda").GetSingle()], [step.Gradient[^1]], golden, $"gradient of lambda {steps}");
                GoldenModels.Near([wanted.GetProperty("lambda_after").GetSingle()], [step.Trained[^1]], golden, $"lambda {steps}");
            },
        }, TestContext.Current.CancellationToken);
        Assert.Equal(expected.GetArrayLength(), steps);
    }
}
