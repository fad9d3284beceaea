using Polymath.Data.Runs;

namespace Polymath.Tests;

/// <summary>Which kind of run settings are for.</summary>
public sealed class SettingFileTests
{
    private static readonly SettingTable<DataSettings> s_table = DataOptions.Table;

    [Fact]
    public void A_training_names_its_kind_and_is_read_back()
    {
        string text = SettingFile.Write(s_table, new DataSettings { Data = "x.csv", Targets = ["y"] });
        Assert.StartsWith("kind: train\ndata: x.csv\n", text, StringComparison.Ordinal);
        Assert.Equal("x.csv", SettingFile.Read(s_table, text, "config.yaml", written: true).Data);
        Assert.Contains("kind 'train', expected 'compare'; use polymath train", Refused(text, "compare", written: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_kind_a_run_was_a_training_and_a_file_by_hand_is_anything()
    {
        const string Text = "data: x.csv\ntarget: [y]\n";
        Assert.Equal("x.csv", SettingFile.Read(s_table, Text, "config.yaml", written: true).Data);
        Assert.Equal("x.csv", SettingFile.Read(s_table, Text, "compare.yaml", kind: "compare").Data);
        Assert.Contains("config.yaml: found settings of the kind 'train', expected 'compare'; use polymath train", Refused(Text, "compare", written: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_table_has_lines_to_skip_and_not_only_that_of_a_training()
        => Assert.DoesNotContain("training", s_table.Find("skip-lines").Help, StringComparison.Ordinal);

    private static string Refused(string text, string kind, bool written)
        => Assert.Throws<RunException>(() => SettingFile.Read(s_table, text, "config.yaml", kind: kind, written: written)).Message;
}
