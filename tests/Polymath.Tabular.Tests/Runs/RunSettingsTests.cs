using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Polymath.Data.Runs;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class RunSettingsTests
{
    private static readonly string[] s_texts =
    [
        "a", "x,y", "with blank", "null", "true", "1e5", "~", "- dash", "key: value", "#hash", "'q'", "\"d\"", "ünï", "tab\t", "new\nline", "100%", "@at", "*star", "!bang", "{a}", "[b]", " lead", "trail ",
        "\\", "😀", "\u0085", "\u2028", "|", ">", "&x", "?", "-", "...", "---", "0x10", "a\r\nb", "C:\\data\\x.csv", "sqlite:f.db#select a, b from t", "日本",
    ];

    private static readonly Dictionary<string, string[]> s_valid = new(StringComparer.Ordinal)
    {
        ["header"] = ["auto", "yes", "no"],
        ["transform"] = ["standardise", "quantile", "none"],
        ["baseline"] = ["auto", "single-task", "none"],
        ["task-as-input"] = ["true", "false"],
        ["drop-last"] = ["true", "false"],
        ["delimiter"] = [";", "\t", "|"],
        ["decimal"] = [",", "."],
        ["list-separator"] = ["|", ";", " "],
        ["trim-trailing"] = [".", "#"],
        ["validation"] = ["0", "0.25", "0.9", "1E-05"],
        ["test-fraction"] = ["0", "0.125", "0.3"],
        ["clip"] = ["0", "1.5", "1E+300"],
        ["average"] = ["0", "0.9", "0.9999"],
        ["balance-at"] = ["parameters", "representation"],
        ["gradient-memory"] = ["0", "0.5", "2048"],
        ["table-memory"] = ["0", "0.25", "512"],
        ["negatives"] = ["0.1", "1"],
    };

    [Fact]
    public void Settings_come_back_from_yaml_as_they_were()
        => Check.QuickThrowOnFailure(Prop.ForAll<int>(ArbMap.Default.ArbFor<int>(), seed =>
        {
            RunSettings settings = Draw(new RandomStream((ulong)(uint)seed));
            RunSettings back = RunConfiguration.Read(RunConfiguration.Write(settings), "config.yaml");
            AssertSame(settings, back);
            Assert.Equal(RunConfiguration.Write(settings), RunConfiguration.Write(back));
            RunOptions.Validate(back);
        }));

    [Fact]
    public void Flags_and_yaml_give_the_same_settings()
        => Check.QuickThrowOnFailure(Prop.ForAll<int>(ArbMap.Default.ArbFor<int>(), seed =>
        {
            // A list that is not a YAML sequence reads like a flag.
            var random = new RandomStream((ulong)(uint)seed);
            SettingOption<RunSettings> option = RunOptions.All[random.NextInt32(RunOptions.All.Count)];
            string value = option.IsList ? "one, two,three" : Value(option, random).Replace('\n', ' ').Replace("\r", string.Empty, StringComparison.Ordinal);
            string yaml = $"{option.Name}: '{value.Replace("'", "''", StringComparison.Ordinal)}'";
            if (value.Any(c => char.IsControl(c) || c is '\u0085' or '\u2028')) return;
            AssertSame(option.Set(new RunSettings(), [value]), RunConfiguration.Read(yaml, "run.yaml"));
        }));

    [Fact]
    public void A_comma_in_a_yaml_sequence_belongs_to_the_value()
    {
        Assert.Equal(["a,b", "c"], RunConfiguration.Read("drop: ['a,b', c]", "x").Drop);
        Assert.Equal(["a", "b"], RunConfiguration.Read("drop: a, b", "x").Drop);
        Assert.Empty(RunConfiguration.Read("drop: []", "x").Drop);
        Assert.Empty(RunConfiguration.Read("drop:", "x").Drop);
        Assert.Equal("mmoe", RunConfiguration.Read("model:\nepochs: 3", "x").Model);
    }

    [Theory]
    [InlineData("data: x.csv\nepoch: 3", "run.yaml, line 2: unknown setting 'epoch', did you mean 'epochs'?")]
    [InlineData("epochs: 0", "run.yaml, line 1: epochs: found '0', expected a whole number of 1 or more.")]
    [InlineData("batch-size: 1.5", "line 1: batch-size: found '1.5'")]
    [InlineData("patience: -1", "patience: found '-1'")]
    [InlineData("validation: 0.95", "validation: found '0.95', expected a number from 0 to 0.9.")]
    [InlineData("clip: .nan", "clip: found '.nan'")]
    [InlineData("clip: NaN", "clip: found 'NaN'")]
    [InlineData("clip: 1e999", "clip: found '1e999'")]
    [InlineData("seed: 99999999999", "seed: found '99999999999'")]
    [InlineData("header: maybe", "header: found 'maybe', expected auto, yes or no.")]
    [InlineData("baseline: [none, auto]", "baseline: found 2 values, expected one.")]
    [InlineData("delimiter: ';;'", "delimiter: found ';;', expected a single character.")]
    [InlineData("task-as-input: perhaps", "expected true or false")]
    [InlineData("model: ''", "model: found nothing")]
    [InlineData("data: []", "data: found 0 values, expected one.")]
    [InlineData("data: [a, b]", "data: found 2 values, expected one.")]
    [InlineData("drop: {a: b}", "expected a value or a list of values.")]
    [InlineData("drop: [[a]]", "expected a list of plain values.")]
    [InlineData("? [a]\n: b", "line 1: expected the name of a setting.")]
    [InlineData("epochs: 1\nepochs: 2", "line 2: not valid YAML")]
    [InlineData("- a", "expected one YAML mapping")]
    [InlineData("", "expected one YAML mapping")]
    [InlineData("a: 'b", "not valid YAML")]
    public void Wrong_yaml_is_refused_in_one_sentence(string yaml, string expected)
    {
        string message = Assert.Throws<RunException>(() => RunConfiguration.Read(yaml, "run.yaml")).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith("run.yaml", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_made_in_code_are_held_to_the_same_ranges()
    {
        foreach (RunSettings wrong in (RunSettings[])[new() { Epochs = 0 }, new() { Validation = 2 }, new() { Clip = double.NaN }, new() { Header = "x" }, new() { Model = "" }, new() { Delimiter = "ab" }, new() { MinFrequency = 0 }])
        {
            Assert.Throws<RunException>(() => RunOptions.Validate(wrong));
        }

        RunOptions.Validate(new RunSettings());
    }

    [Theory]
    [InlineData("postgres://me:secret@host:5432/db#table", "postgres://me@host:5432/db#table")]
    [InlineData("postgres://me:se:c@ret@host/db#select '@', a from b", "postgres://me@host/db#select '@', a from b")]
    [InlineData("POSTGRESQL://:secret@host/db#t", "POSTGRESQL://@host/db#t")]
    [InlineData("postgres://host/db?user=me&password=secret#t", "postgres://host/db?user=me&#t")]
    [InlineData("postgres://host/db?Password=a&pwd=b&ssl%20password=c&sslmode=require#t", "postgres://host/db?sslmode=require#t")]
    [InlineData("postgres://me@host/db#t", "postgres://me@host/db#t")]
    [InlineData("sqlite:file.db#t", "sqlite:file.db#t")]
    [InlineData("polymath train 'postgres://me:secret@h/d#t' --test postgres://me:other@h/d#u", "polymath train 'postgres://me@h/d#t' --test postgres://me@h/d#u")]
    public void Passwords_are_left_out_of_what_is_written(string source, string expected)
    {
        Assert.Equal(expected, SourceAddress.WithoutPassword(source));
        string yaml = RunConfiguration.Write(new RunSettings { Data = source, Test = source });
        Assert.DoesNotContain("secret", yaml, StringComparison.Ordinal);
        Assert.Equal(expected, RunConfiguration.Read(yaml, "x").Data);
        Assert.Equal(expected, RunConfiguration.Read(yaml, "x").Test);
    }

    [Theory]
    [InlineData("data/census.csv.gz", "census")]
    [InlineData("census", "census")]
    [InlineData("sqlite:shop.db#orders", "orders")]
    [InlineData("sqlite:data/shop.db#select a/b from t", "shop")]
    [InlineData("postgres://me:p@h/sales#select a from t", "sales")]
    public void A_run_is_named_after_its_table(string source, string name) => Assert.Equal(name, SourceAddress.NameOf(source));

    private static RunSettings Draw(RandomStream random)
    {
        var settings = new RunSettings { Data = s_texts[random.NextInt32(s_texts.Length)] };
        foreach (SettingOption<RunSettings> option in RunOptions.All)
        {
            if (random.NextInt32(2) == 0) continue;
            string[] values = option.IsList ? [.. Enumerable.Range(0, random.NextInt32(4)).Select(_ => random.NextInt32(8) == 0 ? string.Empty : s_texts[random.NextInt32(s_texts.Length)])] : [Value(option, random)];
            settings = option.SetExactly(settings, values);
        }

        return settings;
    }

    private static string Value(SettingOption<RunSettings> option, RandomStream random)
    {
        if (s_valid.TryGetValue(option.Name, out string[]? choices)) return choices[random.NextInt32(choices.Length)];
        if (option.Value == "n") return (1 + random.NextInt32(1_000_000)).ToString(CultureInfo.InvariantCulture);
        return s_texts[random.NextInt32(s_texts.Length)];
    }

    private static void AssertSame(RunSettings expected, RunSettings actual)
    {
        Assert.Equal(expected.Data, actual.Data);
        foreach (SettingOption<RunSettings> option in RunOptions.All) Assert.Equal(option.Get(expected), option.Get(actual));
    }
}
