using System.Text.Json;
using Polymath.Reproductions.Balancing;

namespace Polymath.Tests;

/// <summary>Losses and gradients of the toy landscape against those of the official code.</summary>
public sealed class ToyLandscapeGoldenTests
{
    [Fact]
    public void Losses_and_gradients_are_those_of_the_official_code()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("balancers", "toy_problem.json")));
        JsonElement root = document.RootElement, expected = root.GetProperty("expected");
        double absolute = root.GetProperty("tolerance").GetProperty("abs").GetDouble(), relative = root.GetProperty("tolerance").GetProperty("rel").GetDouble();
        int at = 0;
        foreach (JsonElement point in root.GetProperty("inputs").GetProperty("points").EnumerateArray())
        {
            (double l1, double l2, (double X1, double X2) g1, (double X1, double X2) g2) = ToyLandscape.Evaluate(point[0].GetDouble(), point[1].GetDouble());
            JsonElement losses = expected.GetProperty("losses")[at], gradients = expected.GetProperty("grads")[at];
            Close(losses[0], l1);
            Close(losses[1], l2);
            Close(gradients[0][0], g1.X1);
            Close(gradients[0][1], g1.X2);
            Close(gradients[1][0], g2.X1);
            Close(gradients[1][1], g2.X2);
            at++;
        }

        Assert.True(at > 0);

        void Close(JsonElement official, double ours)
            => Assert.True(Math.Abs(official.GetDouble() - ours) <= absolute + (relative * Math.Abs(official.GetDouble())), $"point {at}: {ours}, expected {official}");
    }
}
