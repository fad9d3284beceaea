using Polymath.Reproductions;

namespace Polymath.Tests;

/// <summary>What every published system and every recorded result has to satisfy.</summary>
public sealed class RegistryTests
{
    public static TheoryData<string> Slugs => [.. PublishedSystems.All.Select(system => system.Slug)];

    [Fact]
    public void Slugs_are_unique_and_sorted()
    {
        string[] slugs = [.. PublishedSystems.All.Select(system => system.Slug)];
        Assert.Equal(slugs.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), slugs);
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Every_system_says_what_it_is(string slug)
    {
        PublishedSystem system = PublishedSystems.Find(slug.ToUpperInvariant());
        Assert.Equal(slug, system.Slug);
        Assert.Matches("^[a-z0-9-]+$", slug);
        Assert.All((string[])[system.Title, system.Paper, system.Claim, system.Where], text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.EndsWith(".", system.Claim, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', system.Paper + system.Claim);
    }

    [Fact]
    public void Every_recorded_result_is_a_full_run_of_a_system() => Assert.All(RecordedResults.Slugs, slug =>
    {
        PublishedSystem system = PublishedSystems.Find(slug);
        ReproductionReport report = RecordedResults.Find(slug)!;
        Assert.Equal((system.Slug, system.Title), (report.Slug, report.Title));
        Assert.Equal($"polymath repro {slug}", report.Command);
        Assert.False(report.Quick);
        Assert.NotEmpty(report.Tables);
        Assert.Contains(report.Assertions, assertion => assertion.Required);
    });

    [Fact]
    public void Every_recorded_result_has_its_page_word_for_word()
        => Assert.All(RecordedResults.Slugs, slug => Assert.Equal(RecordedResults.Find(slug)!.ToMarkdown(), File.ReadAllText(DocumentedExample.FromRoot($"docs/results/{slug}.md"))));

    [Fact]
    public void An_unknown_system_has_no_result_and_the_nearest_is_suggested()
    {
        Assert.Null(RecordedResults.Find("no-such-system"));
        Assert.Contains("did you mean 'balancers'?", Assert.Throws<ReproductionException>(() => PublishedSystems.Find("balancer")).Message, StringComparison.Ordinal);
    }
}
