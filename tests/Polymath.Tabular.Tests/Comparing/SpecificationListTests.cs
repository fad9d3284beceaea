using Polymath.Data.Runs;
using Polymath.Tabular;
using Polymath.Tabular.Comparing;

namespace Polymath.Tests;

public sealed class SpecificationListTests
{
    [Theory]
    [InlineData("mmoe,ple", "mmoe|ple")]
    [InlineData("mmoe:experts=4,dropout=0.1,ple", "mmoe:experts=4,dropout=0.1|ple")]
    [InlineData("ple,mmoe:experts=4,expert-hidden=64/32,cgc:task-experts=2", "ple|mmoe:experts=4,expert-hidden=64/32|cgc:task-experts=2")]
    [InlineData(" mmoe : experts=4 , ple ", "mmoe : experts=4|ple")]
    [InlineData("mmoe,experts=4", "mmoe:experts=4")]
    [InlineData("mmoe,,ple,", "mmoe|ple")]
    [InlineData("experts=4,mmoe", "experts=4|mmoe")]
    public void A_comma_before_an_option_belongs_to_the_name_before_it(string text, string expected)
        => Assert.Equal(expected, string.Join('|', SpecificationList.Split(text)));

    [Fact]
    public void Flags_may_be_repeated_and_yaml_takes_every_entry_as_it_is()
    {
        SettingOption<ComparisonSettings> models = ComparisonOptions.Table.Find("models");
        Assert.Equal(["mmoe:experts=2,dropout=0.1", "ple", "cgc"], models.Set(new ComparisonSettings(), ["mmoe:experts=2,dropout=0.1,ple", "cgc"]).Models);
        Assert.Equal(["mmoe:experts=2,dropout=0.1"], models.SetExactly(new ComparisonSettings(), ["mmoe:experts=2,dropout=0.1"]).Models);
        Assert.Contains("empty name", Assert.Throws<RunException>(() => models.Set(new ComparisonSettings(), [","])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_as_short_as_the_grid_allows()
    {
        var settings = new ComparisonSettings { Models = ["single-task", "mmoe", "mmoe:experts=2", "ple"], Balancers = ["ew", "cagrad:c=0.2"] };
        Assert.Equal(["single-task", "mmoe #1 + ew", "mmoe #1 + cagrad", "mmoe #2 + ew", "mmoe #2 + cagrad", "ple + ew", "ple + cagrad"], ComparisonGrid.Of(settings).Select(cell => cell.Label));
        Assert.Equal(["mmoe", "ple"], ComparisonGrid.Of(settings with { Models = ["mmoe", "ple"], Balancers = ["uw"] }).Select(cell => cell.Label));
        Assert.Equal(TabularModels.All.Select(model => model.Name), ComparisonGrid.Of(settings with { Models = ["all"], Balancers = ["ew"] }).Select(cell => cell.Model));
    }

    [Fact]
    public void The_reference_is_a_label_a_model_or_the_single_tasks()
    {
        IReadOnlyList<ComparisonCell> cells = ComparisonGrid.Of(new ComparisonSettings { Models = ["mmoe", "single-task", "ple"], Balancers = ["ew", "uw"] });
        Assert.Equal(2, ComparisonGrid.ReferenceOf(string.Empty, cells));
        Assert.Equal(3, ComparisonGrid.ReferenceOf("ple", cells));
        Assert.Equal(1, ComparisonGrid.ReferenceOf("mmoe + uw", cells));
        Assert.Equal(0, ComparisonGrid.ReferenceOf(string.Empty, [cells[0], cells[4]]));
        Assert.Contains("'pel' is not in the grid", Assert.Throws<RunException>(() => ComparisonGrid.ReferenceOf("pel", cells)).Message, StringComparison.Ordinal);
    }
}
