using Polymath.Data;

namespace Polymath.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("incme", "income")]
    [InlineData("INCOME", "income")]
    [InlineData("aeg", "age")]
    [InlineData("maritalstatus", "marital-status")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_suggested_when_it_is_near(string name, string? nearest) =>
        Assert.Equal(nearest, Suggestion.Nearest(name, ["income", "age", "marital-status"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("same", "SAME", 0)]
    public void Distances_are_known_ones(string a, string b, int distance)
    {
        Assert.Equal(distance, Suggestion.Distance(a, b));
        Assert.Equal(distance, Suggestion.Distance(b, a));
    }
}
