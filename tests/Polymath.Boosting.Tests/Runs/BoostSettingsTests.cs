using Polymath.Boosting;
using Polymath.Boosting.Runs;
using Polymath.Data.Runs;

namespace Polymath.Tests;

public sealed class BoostSettingsTests
{
    [Fact]
    public void Settings_come_back_from_yaml_as_they_were()
    {
        var settings = new BoostSettings
        {
            Data = "school.csv",
            TaskColumn = "school",
            Targets = ["score:regression"],
            Preset = "mtgb",
            SharedIterations = 20,
            LearningRate = 0.05,
            Monotone = ["age=1", "income=-1"],
            Search = ["shared=20,50 task=10,20", "l2=0,1"],
            Learner = "exact",
            MaxBins = 63,
            UnknownTask = "fallback",
            Paper = true,
            Patience = 0,
            Weights = "w",
        };
        string yaml = SettingFile.Write(BoostOptions.Table, settings, BoostOptions.Kind);
        Assert.StartsWith("kind: boost\ndata: school.csv\n", yaml, StringComparison.Ordinal);
        Assert.Equal(yaml, SettingFile.Write(BoostOptions.Table, SettingFile.Read(BoostOptions.Table, yaml, "boost.yaml", kind: BoostOptions.Kind), BoostOptions.Kind));
        Assert.Equal("boost", SettingFile.KindOf(yaml));
    }

    [Fact]
    public void Settings_of_another_kind_are_refused()
        => Assert.Contains("use polymath train", Assert.Throws<RunException>(() => SettingFile.Read(BoostOptions.Table, "kind: train\ndata: x.csv", "run.yaml", kind: BoostOptions.Kind)).Message, StringComparison.Ordinal);

    [Fact]
    public void Unset_settings_are_those_of_the_preset()
    {
        Assert.Equal((50, 50, 50), Blocks(new BoostSettings { TaskColumn = "t", Targets = ["y"] }));
        Assert.Equal((50, 0, 50), Blocks(new BoostSettings { Targets = ["y", "z"] }));
        Assert.Equal((100, 0, 0), Blocks(new BoostSettings { Targets = ["y"] }));
        Assert.Equal((0, 0, 100), Blocks(new BoostSettings { Preset = "single-task" }));
        Assert.Equal((30, 0, 0), Blocks(new BoostSettings { Preset = "task-as-feature", SharedIterations = 30 }));
        Assert.Equal(new BoostingOptions() with { Monotone = s_none }, BoostOptions.Of(new BoostSettings { Preset = "r-mtgb", Patience = 0 }) with { Monotone = s_none });
    }

    [Fact]
    public void The_paper_is_followed_but_for_what_is_given()
    {
        BoostingOptions options = BoostOptions.Of(new BoostSettings { Preset = "r-mtgb", Paper = true });
        Assert.Equal((LearnerKind.Exact, LeafRule.Mean, InitialPrediction.Zero, 2, 0d, 0), (options.Learner, options.Leaves, options.Initial, options.MaxLeaves, options.L2, options.Patience));
        Assert.Equal(8, BoostOptions.Of(new BoostSettings { Preset = "r-mtgb", Paper = true, MaxLeaves = 8 }).MaxLeaves);
    }

    [Fact]
    public void Every_name_of_a_choice_has_a_meaning_of_its_own()
    {
        var settings = new BoostSettings { Preset = "r-mtgb" };
        foreach (SettingOption<BoostSettings> option in BoostOptions.Table.All.Where(option => option.Group is "Boosting" or "Trees" && option.Value.Contains('|', StringComparison.Ordinal)))
        {
            string[] names = option.Value.Split('|');
            Assert.Equal(names, names.Select(name => option.Get(option.Set(settings, [name]))[0]));
            if (option.Name is not ("preset" or "baseline")) Assert.Equal(names.Length, names.Select(name => BoostOptions.Of(option.Set(settings, [name])) with { Monotone = s_none }).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("mtgb", "robust-iterations", "5")]
    [InlineData("single-task", "shared-iterations", "5")]
    [InlineData("pooled", "task-iterations", "5")]
    public void A_block_that_a_preset_lacks_is_refused(string preset, string name, string value)
        => Assert.Contains($"the preset {preset} has no such block", Assert.Throws<RunException>(() => BoostOptions.Of(BoostOptions.Table.Find(name).Set(new BoostSettings { Preset = preset }, [value]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("age", "expected name=1 or name=-1")]
    [InlineData("age=2", "expected name=1 or name=-1")]
    [InlineData("age=1,age=-1", "twice")]
    public void A_bad_direction_is_refused(string text, string part)
        => Assert.Contains(part, Assert.Throws<RunException>(() => BoostOptions.Of(BoostOptions.Table.Find("monotone").Set(new BoostSettings(), [text]))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_grid_is_every_combination_with_the_last_setting_fastest()
    {
        IReadOnlyList<GridPoint> points = SearchGrid.Points(new BoostSettings { Preset = "r-mtgb", Search = ["shared=20,50 robust=0", "max-leaves=2,4"] });
        Assert.Equal(["shared=20 robust=0 max-leaves=2", "shared=20 robust=0 max-leaves=4", "shared=50 robust=0 max-leaves=2", "shared=50 robust=0 max-leaves=4"], points.Select(point => point.Name));
        Assert.Equal((20, 0, 4), (points[1].Options.SharedIterations, points[1].Options.RobustIterations, points[1].Options.MaxLeaves));
    }

    [Theory]
    [InlineData("shared", "expected setting=value,value")]
    [InlineData("shared=", "expected setting=value,value")]
    [InlineData("sharde=1,2", "did you mean 'shared'?")]
    [InlineData("target=a,b", "there is no setting 'target' to vary")]
    [InlineData("shared=1 shared=2", "given twice")]
    [InlineData("shared=-1,2", "shared-iterations: found '-1'")]
    [InlineData("shared=0 robust=0 task=0", "every block has 0 iterations")]
    public void A_bad_grid_is_refused(string text, string part)
        => Assert.Contains(part, Assert.Throws<RunException>(() => SearchGrid.Points(new BoostSettings { Preset = "r-mtgb", Search = [text] })).Message, StringComparison.Ordinal);

    private static readonly Dictionary<string, int> s_none = [];

    private static (int, int, int) Blocks(BoostSettings settings)
    {
        BoostingOptions options = BoostOptions.Of(settings);
        return (options.SharedIterations, options.RobustIterations, options.TaskIterations);
    }
}
