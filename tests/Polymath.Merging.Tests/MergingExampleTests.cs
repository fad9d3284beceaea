using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>The example of docs/merging.md, as it stands there.</summary>
public sealed class MergingExampleTests
{
    private const string Document = "docs/merging.md", Source = "tests/Polymath.Merging.Tests/MergingExampleTests.cs";

    [Fact]
    public void The_page_prints_what_it_says()
    {
        using var console = new StringWriter();
        // begin example
        // A network and two fine-tunes of it: here one layer, moved by hand.
        var network = new Linear(2, 2, new RandomStream(1));
        ModelState theta0 = ModelState.From(network), math = theta0.Clone(), code = theta0.Clone();
        math["weight"][0] += 1;
        math["weight"][3] += 0.5f;
        code["weight"][3] -= 0.5f;

        TaskVector toMath = TaskVector.From(theta0, math), toCode = TaskVector.From(theta0, code);
        console.WriteLine($"cosine {toMath.Cosine(toCode):0.00}");

        ModelState both = ((toMath + toCode) * 0.8f).ApplyTo(theta0);      // task arithmetic
        both.CopyTo(network);
        console.WriteLine($"moved by {both["weight"][0] - theta0["weight"][0]:0.0} and {both["weight"][3] - theta0["weight"][3]:0.0}");
        // end example
        Assert.Equal(Polymath.Tests.DocumentedExample.Block(Document, "```", after: "It prints"), console.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public void The_page_shows_exactly_this_code() => Polymath.Tests.DocumentedExample.RequireSame(Document, Source);
}
