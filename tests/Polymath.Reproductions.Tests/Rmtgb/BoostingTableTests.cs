using Polymath.Reproductions;
using Polymath.Reproductions.Rmtgb;

namespace Polymath.Tests;

/// <summary>The real data sets as the authors split them.</summary>
public sealed class BoostingTableTests
{
    private static ReproductionContext Context => new() { DataFolder = SharedFiles.RequireData() };

    // Rows, features and tasks as the paper counts them; training rows are what train_test_split leaves.
    [Theory]
    [InlineData("abalone", 4_177, 7, 3, 3_341)]
    [InlineData("computer", 3_800, 13, 190, 3_040)]
    [InlineData("school", 15_362, 27, 139, 12_289)]
    [InlineData("landmine", 14_820, 9, 29, 11_856)]
    [InlineData("sarcos", 4_449 * 7, 21, 7, 3_559 * 7)]
    public void A_set_has_the_size_of_the_paper(string name, int rows, int features, int tasks, int train)
    {
        BoostingTable table = PaperDataSet.All.Single(set => set.Name == name).Load(Context);
        Assert.Equal((rows, features, tasks), (table.Data.Rows, table.Data.Features.Width, table.Data.Tasks!.Count));
        Assert.Equal((train, rows - train), (table.Train.Length, table.Test.Length));
        Assert.Equal(Enumerable.Range(0, rows), table.Train.Concat(table.Test).Order());
    }

    [Fact]
    public void Adult_hides_sex_and_race_and_keeps_the_official_split()
    {
        BoostingTable table = PaperDataSet.All.Single(set => set.Name == "adult gender").Load(Context);
        Assert.Equal((32_561, 16_281), (table.Train.Length, table.Test.Length));
        Assert.Equal(["Female", "Male"], table.Data.Tasks!.Labels);
        Assert.DoesNotContain(table.Data.Features.Features, feature => feature.Name.StartsWith("sex", StringComparison.Ordinal) || feature.Name.StartsWith("race", StringComparison.Ordinal));
        Assert.Equal(11_687, table.Data.Labels.Sum());

        // Six numbers, and one of each category: workclass, education, marital status, occupation, relationship, country.
        int[] marks = [.. Enumerable.Range(0, table.Data.Features.Width).Where(column => table.Data.Features.Features[column].Name.Contains('_', StringComparison.Ordinal))];
        Assert.Equal(6, table.Data.Features.Width - marks.Length);
        Assert.All((int[])[0, 777, 40_000], row => Assert.Equal(6, marks.Sum(column => table.Data.Features.Row(row)[column])));
    }

    [Fact]
    public void Copies_of_a_row_stay_on_one_side_of_a_split()
    {
        BoostingTable table = PaperDataSet.All.Single(set => set.Name == "sarcos").Load(Context).Split(3);
        int once = table.Data.Rows / table.Copies;
        HashSet<int> test = [.. table.Test.Select(row => row % once)];
        Assert.Equal(table.Test.Length / table.Copies, test.Count);
        Assert.DoesNotContain(table.Train, row => test.Contains(row % once));
        Assert.True(table.Data.Features.Row(5).SequenceEqual(table.Data.Features.Row(5 + once)));
    }
}
