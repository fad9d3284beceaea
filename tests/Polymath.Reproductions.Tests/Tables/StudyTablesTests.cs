using Polymath.Learning;
using Polymath.Reproductions;
using Polymath.Reproductions.Tables;
using Polymath.Tabular;

namespace Polymath.Tests;

/// <summary>The real tables of the study of all models.</summary>
public sealed class StudyTablesTests
{
    private static ReproductionContext Context => new() { DataFolder = SharedFiles.RequireData() };

    // Rows and targets as the pages of the data sets count them; large tables are cut to 6,000 rows.
    [Theory]
    [InlineData("Adult", 6_000, 3)]
    [InlineData("SARCOS", 4_449, 7)]
    [InlineData("Parkinsons", 5_875, 2)]
    [InlineData("enb", 768, 2)]
    [InlineData("jura", 359, 3)]
    [InlineData("scpf", 1_137, 3)]
    [InlineData("wq", 1_060, 14)]
    [InlineData("atp1d", 337, 6)]
    [InlineData("yeast", 2_417, 14)]
    [InlineData("emotions", 593, 6)]
    [InlineData("birds", 645, 7)]
    [InlineData("medical", 978, null)]
    public void A_table_has_the_rows_and_targets_of_its_page(string name, int rows, int? tasks)
    {
        StudyTable table = StudyTables.All.Single(entry => entry.Name == name).Read(Context);
        Assert.Equal(name, table.Name);
        Assert.Equal(rows, table.Data.Train.Rows + table.Data.Validation!.Rows + table.Data.Test!.Rows);
        if (tasks is { } count) Assert.Equal(count, table.Data.Tasks.Count);
        else Assert.InRange(table.Data.Tasks.Count, 5, 14);

        // A target is no input, and neither are the labels that were left out.
        HashSet<string> inputs = [.. table.Data.Schema.NumericNames];
        Assert.All(table.Data.Tasks, task => Assert.DoesNotContain(task.Column, inputs));
        if (table.Kind == StudyTables.Labels) Assert.DoesNotContain(inputs, input => input.StartsWith("Class", StringComparison.Ordinal));
        Assert.All(table.Data.Tasks, task => Assert.Equal(table.Kind == StudyTables.Labels ? TaskKind.Binary : task.Kind, task.Kind));
    }

    [Fact]
    public void Every_registered_model_is_asked_and_refuses_with_a_reason_or_is_tried()
    {
        Assert.Equal(TabularModels.All.Select(model => model.Name), ComparableModels.All.Select(model => model.Split(':')[0]));
        StudyTable table = StudyTables.All.Single(entry => entry.Name == "enb").Read(Context);
        Assert.Null(ComparableModels.Reason(ComparableModels.All.Single(model => model.StartsWith("single-task", StringComparison.Ordinal)), table));
        Assert.All(TabularModels.All.Where(model => model.TakesFunnel), model => Assert.Contains("funnel", ComparableModels.Reason(ComparableModels.All.Single(text => text.Split(':')[0] == model.Name), table), StringComparison.Ordinal));
    }
}
