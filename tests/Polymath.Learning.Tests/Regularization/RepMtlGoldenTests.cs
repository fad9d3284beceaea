using System.Text.Json;
using Polymath.Learning.Regularization;
using Polymath.Tensors;

namespace Polymath.Tests.Regularization;

/// <summary>The two terms, their derivatives and the full second-order gradient against the fixtures.</summary>
public sealed class RepMtlGoldenTests
{
    private const string System = "rep-mtl";

    public static TheoryData<string> Terms => SharedFiles.GoldenRows(System, "regularisers");

    public static TheoryData<string> Networks => SharedFiles.GoldenRows(System, "end2end_");

    [Theory]
    [MemberData(nameof(Terms))]
    public void Both_terms_and_their_derivatives_are_those_of_the_reference(string file)
    {
        using JsonDocument document = Open(file);
        JsonElement root = document.RootElement, expected = root.GetProperty("expected").GetProperty("cases"), tolerance = root.GetProperty("tolerance");
        int cases = 0;
        foreach (JsonProperty one in root.GetProperty("inputs").GetProperty("cases").EnumerateObject())
        {
            Tensor[] saliencies = [.. one.Value.GetProperty("S").EnumerateArray().Select(GoldenTensor.Read)];
            float tau = one.Value.GetProperty("tau").GetSingle();
            JsonElement answer = expected.GetProperty(one.Name);
            (float tsr, float csa) = RepMtl.Evaluate(saliencies, tau);
            Check($"{one.Name} tsr", tolerance, answer.GetProperty("tsr"), Tensor.Scalar(tsr));
            Check($"{one.Name} csa", tolerance, answer.GetProperty("csa"), Tensor.Scalar(csa));
            (Tensor tsrGradient, Tensor csaGradient) = RepMtl.Gradients(saliencies, tau);
            Check($"{one.Name} dtsr_dS", tolerance, answer.GetProperty("dtsr_dS"), tsrGradient);
            Check($"{one.Name} dcsa_dS", tolerance, answer.GetProperty("dcsa_dS"), csaGradient);
            cases++;
        }

        Assert.NotEqual(0, cases);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_recorded_sweep_gives_the_second_order_gradient_of_the_reference(string file)
    {
        using JsonDocument document = Open(file);
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected");
        var network = new GoldenNetwork(inputs);
        RepMtlRegularizer regularizer = Regularizer(inputs);
        double tolerance = Tolerance(document);
        using var tape = new Tape();
        Tensor z = network.Encode();
        Tensor[] losses = [.. Enumerable.Range(0, network.Tasks).Select(t => network.Loss(z, t))], objectives = new Tensor[losses.Length];
        Tensor total = regularizer.Regularize(tape, losses, z, objectives);
        foreach (Tensor objective in objectives) total += objective;

        double[] values = GoldenTensor.Doubles(expected.GetProperty("losses"));
        for (int t = 0; t < losses.Length; t++) Assert.Equal(values[t], losses[t].Item(), tolerance * values[t]);
        Assert.Equal(expected.GetProperty("tsr").GetDouble(), regularizer.Last.Tsr, tolerance);
        Assert.Equal(expected.GetProperty("csa").GetDouble(), regularizer.Last.Csa, tolerance);
        Assert.Equal(expected.GetProperty("total").GetDouble(), total.Item(), tolerance * Math.Abs(expected.GetProperty("total").GetDouble()));
        Near("saliency", expected.GetProperty("saliency"), tape.Gradients(objectives, [z])[0], tolerance);
        Tensor[] gradients = tape.Gradients([total], [.. network.Parameters.Values]);
        foreach ((string name, Tensor gradient) in network.Parameters.Keys.Zip(gradients)) Near(name, expected.GetProperty("grads").GetProperty(name), gradient, tolerance);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Finite_differences_of_first_order_sweeps_give_it_too(string file)
    {
        using JsonDocument document = Open(file);
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected");
        var network = new GoldenNetwork(inputs);
        string[] heads = [.. network.Parameters.Keys.Where(name => name.StartsWith("head", StringComparison.Ordinal))], encoder = [.. network.Parameters.Keys.Except(heads)];
        double tolerance = Tolerance(document);
        using var tape = new Tape();
        Tensor z = network.Encode();
        RepMtlGradient gradient = RepMtlFiniteDifference.Differentiate(Regularizer(inputs), network.Loss, network.Tasks, z, [.. heads.Select(name => network.Parameters[name])]);
        Assert.Equal(expected.GetProperty("tsr").GetDouble(), gradient.Tsr, tolerance);
        Assert.Equal(expected.GetProperty("csa").GetDouble(), gradient.Csa, tolerance);
        for (int i = 0; i < heads.Length; i++) Near(heads[i], expected.GetProperty("grads").GetProperty(heads[i]), gradient.Parameters[i], tolerance);
        Tensor[] trunk = tape.Gradients([(z * gradient.Representation).Sum()], [.. encoder.Select(name => network.Parameters[name])]);
        for (int i = 0; i < encoder.Length; i++) Near(encoder[i], expected.GetProperty("grads").GetProperty(encoder[i]), trunk[i], tolerance);
    }

    private static RepMtlRegularizer Regularizer(JsonElement inputs) => new(
        inputs.GetProperty("lambda_tsr").GetSingle(), inputs.GetProperty("lambda_csa").GetSingle(), inputs.GetProperty("tau").GetSingle(), inputs.GetProperty("log_transform").GetBoolean());

    private static JsonDocument Open(string file) => JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(System, file)));

    private static double Tolerance(JsonDocument document) => document.RootElement.GetProperty("tolerance").GetProperty("rel_to_max_abs").GetDouble();

    /// <summary>|a - e| at most rel |e| + abs, element by element.</summary>
    private static void Check(string what, JsonElement tolerance, JsonElement expected, Tensor actual)
    {
        double[] wanted = GoldenTensor.Doubles(expected);
        double relative = tolerance.GetProperty("rel").GetDouble(), absolute = tolerance.GetProperty("abs").GetDouble();
        Assert.Equal(wanted.Length, actual.Shape.Length);
        for (int i = 0; i < wanted.Length; i++) Assert.True(Math.Abs(actual.Span[i] - wanted[i]) <= (relative * Math.Abs(wanted[i])) + absolute, $"{what}[{i}]: {actual.Span[i]:R}, expected {wanted[i]:R}");
    }

    /// <summary>|a - e| at most a share of the largest |e| of the tensor.</summary>
    private static void Near(string what, JsonElement expected, Tensor actual, double tolerance)
    {
        double[] wanted = GoldenTensor.Doubles(expected);
        double scale = wanted.Max(Math.Abs);
        Assert.Equal(wanted.Length, actual.Shape.Length);
        for (int i = 0; i < wanted.Length; i++) Assert.True(Math.Abs(actual.Span[i] - wanted[i]) <= tolerance * scale, $"{what}[{i}]: {actual.Span[i]:R}, expected {wanted[i]:R}");
    }
}
