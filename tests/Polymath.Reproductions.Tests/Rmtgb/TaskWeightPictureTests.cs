using System.Globalization;
using System.Xml.Linq;
using Polymath.Reproductions.Rmtgb;

namespace Polymath.Tests;

/// <summary>The picture of the weights: a dot for every task, planted ones marked, all within the frame.</summary>
public sealed class TaskWeightPictureTests
{
    [Fact]
    public void Every_task_has_its_dot_within_the_frame()
    {
        var run = new Dictionary<string, double> { ["0"] = 0.02, ["1"] = 0.98, ["2"] = 1 };
        var schools = Enumerable.Range(0, 50).ToDictionary(school => school.ToString(CultureInfo.InvariantCulture), school => school / 49.0);
        var output = new StringWriter();
        TaskWeightPicture.Write(output, [run, run], ["2"], schools);
        XElement svg = XElement.Parse(output.ToString());
        XElement[] dots = [.. svg.Elements().Where(element => element.Name.LocalName == "circle")];
        Assert.Equal(2 + (2 * 3) + 50, dots.Length);
        Assert.Equal(1 + 2, dots.Count(dot => (string?)dot.Attribute("class") == "out"));
        Assert.All(dots, dot => Assert.InRange((double)dot.Attribute("cx")!, 0, (double)svg.Attribute("width")!));
        Assert.All(dots, dot => Assert.InRange((double)dot.Attribute("cy")!, 0, (double)svg.Attribute("height")!));
    }
}
