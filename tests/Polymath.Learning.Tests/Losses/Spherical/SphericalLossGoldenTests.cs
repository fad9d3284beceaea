using System.Text.Json;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Tests.Spherical;

public sealed class SphericalLossGoldenTests
{
    public static TheoryData<string> Files => SharedFiles.GoldenRows("z-loss", "loss_family");

    [Theory]
    [MemberData(nameof(Files))]
    public void Values_and_gradients_of_every_member_are_the_published_formulas(string file)
    {
        Fixture fixture = Fixture.Load(file);
        double relative = fixture.Tolerance.GetProperty("rel").GetDouble(), absolute = fixture.Tolerance.GetProperty("abs").GetDouble();
        JsonElement[] cases = [.. fixture.Inputs.GetProperty("cases").EnumerateArray()], expected = [.. fixture.Expected.GetProperty("cases").EnumerateArray()];
        Assert.NotEmpty(cases);
        for (int n = 0; n < cases.Length; n++)
        {
            SphericalLoss? loss = Loss(cases[n]);
            double[] o = Fixture.Numbers(cases[n].GetProperty("o"));
            int c = cases[n].GetProperty("c").GetInt32();
            string where = $"{file} case {n} ({loss?.Name ?? "softmax"})";
            if (loss is not null)
            {
                SphericalPartials at = loss.Evaluate(o[c], o.Sum(x => x * x), o.Sum(), o.Length);
                double[] exact = [.. o.Select((x, k) => (2 * at.Squares * x) + at.Sum + (k == c ? at.Target : 0))];
                Fixture.Near(expected[n].GetProperty("loss"), [at.Value], relative, absolute, where);
                Fixture.Near(expected[n].GetProperty("grad"), exact, relative, absolute, where);
            }

            Tensor leaf = Tensor.FromArray([.. o.Select(x => (float)x)], 1, o.Length).WithGradient();
            using var tape = new Tape();
            Tensor label = Tensor.FromArray([c], 1), value = (loss is null ? Fused.SoftmaxCrossEntropy(leaf, label) : Fused.SphericalLoss(leaf, label, loss.Form!.Value)).Sum();
            Fixture.Near(expected[n].GetProperty("loss"), [value.Item()], relative, absolute, where);
            Fixture.Near(expected[n].GetProperty("grad"), [.. tape.Gradient(value, leaf).ToArray().Select(x => (double)x)], relative, absolute, where);
        }
    }

    /// <summary>The loss of a case; null for softmax, which the file holds to compare with and which is not spherical.</summary>
    private static SphericalLoss? Loss(JsonElement one)
    {
        double a = Number(one, "a"), b = Number(one, "b");
        return one.GetProperty("kind").GetString() switch
        {
            "z" => SphericalLoss.Z(a, b),
            "softmax" => null,
            "mse" => SphericalLoss.Mse,
            "taylor" => SphericalLoss.LogTaylorSoftmax,
            "spherical" => SphericalLoss.LogSphericalSoftmax(b),
            string other => throw new InvalidOperationException($"the fixture holds the loss '{other}', which the test does not know."),
            null => throw new InvalidOperationException("a case of the fixture has no kind."),
        };
    }

    private static double Number(JsonElement one, string key) => one.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
}
