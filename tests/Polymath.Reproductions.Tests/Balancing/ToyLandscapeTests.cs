using System.Xml.Linq;
using Polymath.Learning.Balancing;
using Polymath.Reproductions.Balancing;

namespace Polymath.Tests;

/// <summary>The toy landscape away from the fixtures, descents on it, and its picture.</summary>
public sealed class ToyLandscapeTests
{
    private const double Step = 1e-6;

    [Theory]
    [InlineData(-8.5, 7.5)]
    [InlineData(3.1, 0.7)]
    [InlineData(-2.2, -4.4)]
    [InlineData(10, -8)]
    public void Gradients_are_the_differences_of_the_losses(double x1, double x2)
    {
        (_, _, (double X1, double X2) g1, (double X1, double X2) g2) = ToyLandscape.Evaluate(x1, x2);
        (double right1, double right2) = ToyLandscape.Losses(x1 + Step, x2);
        (double left1, double left2) = ToyLandscape.Losses(x1 - Step, x2);
        (double up1, double up2) = ToyLandscape.Losses(x1, x2 + Step);
        (double down1, double down2) = ToyLandscape.Losses(x1, x2 - Step);
        Assert.Equal((right1 - left1) / (2 * Step), g1.X1, 1e-6);
        Assert.Equal((right2 - left2) / (2 * Step), g2.X1, 1e-6);
        Assert.Equal((up1 - down1) / (2 * Step), g1.X2, 1e-6);
        Assert.Equal((up2 - down2) / (2 * Step), g2.X2, 1e-6);
    }

    [Fact]
    public void Gradients_oppose_each_other_along_the_Pareto_set()
    {
        (double X1, double X2)[] set = ToyLandscape.ParetoSet(21);
        Assert.Equal((-7, 7), (set[0].X1, set[^1].X1));
        Assert.All(set[1..^1], point =>
        {
            (_, _, (double X1, double X2) g1, (double X1, double X2) g2) = ToyLandscape.Evaluate(point.X1, point.X2);
            double length1 = Math.Sqrt((g1.X1 * g1.X1) + (g1.X2 * g1.X2)), length2 = Math.Sqrt((g2.X1 * g2.X1) + (g2.X2 * g2.X2));
            Assert.Equal(-1, ((g1.X1 * g2.X1) + (g1.X2 * g2.X2)) / (length1 * length2), 1e-5);
        });
    }

    [Fact]
    public void Every_balancer_descends_or_says_why_not() => Assert.All(Balancers.All.Where(balancer => ToyDescent.Accepts(balancer.Needs)), balancer =>
    {
        var descent = new ToyDescent(Balancers.Create(balancer.Name), (10, -8));
        double before = descent.Mean;
        try
        {
            descent.Run(2_000, TestContext.Current.CancellationToken);
        }
        catch (BalancerException exception)
        {
            Assert.NotEmpty(exception.Message);
            return;
        }

        Assert.True(double.IsFinite(descent.Mean));
        Assert.True(descent.Path.Count > 1);
        if (balancer.Name is "ew" or "pcgrad" or "upgrad") Assert.True(descent.Mean < before, balancer.Name);
    });

    [Fact]
    public void The_picture_is_an_SVG_with_a_panel_per_balancer_for_light_and_dark()
    {
        (float, float)[] path = [(-8.5f, 7.5f), (0, 0), (1, -8)];
        var run = new ToyTrajectories("example <1>", [1, 2, 3, -15.1], [path, path, path, path]);
        using var writer = new StringWriter();
        ToyPicture.Write(writer, [run, run]);
        XDocument picture = XDocument.Parse(writer.ToString());
        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Equal(2, picture.Descendants().Count(element => element.Name.LocalName == "use"));
        Assert.Equal(2, picture.Descendants().Count(element => element.Name.LocalName == "text" && element.Value == "example <1>"));
        Assert.Contains("prefers-color-scheme:dark", writer.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(picture.Root.Element(picture.Root.Name.Namespace + "desc")!.Value);
    }
}
