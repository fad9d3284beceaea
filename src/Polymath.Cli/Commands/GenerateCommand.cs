using System.CommandLine;
using System.Globalization;
using Polymath.Data;
using Polymath.Data.Generators;

namespace Polymath.Cli;

/// <summary><c>polymath generate</c>.</summary>
internal sealed class GenerateCommand : Subcommand
{
    private const string Group = "MultiTab-Bench", MultiTab = "multitab";
    private static readonly MultiTabBenchOptions s_defaults = new();
    private readonly Argument<string> _kind = new("GENERATOR") { Description = "multitab: regression tasks with chosen correlations and difficulty." };
    private readonly GroupedOption<int> _tasks = Number("--tasks", s_defaults.Tasks, "Number of tasks.");
    private readonly GroupedOption<int> _features = Number("--features", s_defaults.Features, "Number of features, at least as many as tasks.");
    private readonly GroupedOption<double> _correlation = new("--correlation", Group, s_defaults.Correlation.ToString(CultureInfo.InvariantCulture)) { HelpName = "x", Description = "Correlation of every pair of tasks.", DefaultValueFactory = _ => s_defaults.Correlation };
    private readonly GroupedOption<string> _matrix = new("--correlation-matrix", Group) { HelpName = "file", Description = "Correlations of all pairs, one line per task; instead of one for every pair." };
    private readonly GroupedOption<string> _degrees = new("--degrees", Group, "1,3,2,3,4,2,3 repeated") { HelpName = "list", Description = "Polynomial degree of each task, or one for all." };
    private readonly GroupedOption<string> _noise = new("--noise", Group, "0.01") { HelpName = "list", Description = "Standard deviation of the noise of each task, or one for all." };
    private readonly GroupedOption<int> _rows = Number("--rows", s_defaults.Rows, "Training rows.");
    private readonly GroupedOption<ulong> _seed = new("--seed", Group, "0", "-s") { HelpName = "n", Description = "Seed of weights and rows." };
    private readonly GroupedOption<string> _out = new("--out", Group, aliases: "-o") { HelpName = "file", Description = "CSV file for the rows; standard output unless given." };
    private readonly GroupedOption<string> _validationOut = new("--validation-out", Group) { HelpName = "file", Description = "CSV file for validation rows, drawn fresh with the same weights." };
    private readonly GroupedOption<int> _validationRows = Number("--validation-rows", s_defaults.TestRows, "Validation rows.");
    private readonly GroupedOption<string> _testOut = new("--test-out", Group) { HelpName = "file", Description = "CSV file for test rows, drawn fresh with the same weights." };
    private readonly GroupedOption<int> _testRows = Number("--test-rows", s_defaults.TestRows, "Test rows.");
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Group) { Description = "Replace the files when they exist." };

    /// <inheritdoc/>
    public override string Name => "generate";

    /// <inheritdoc/>
    public override string Description => "Write a generated table with known task relations.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_kind);
        foreach (Option option in (Option[])[_tasks, _features, _correlation, _matrix, _degrees, _noise, _rows, _seed, _out, _validationOut, _validationRows, _testOut, _testRows, _overwrite]) command.Add(option);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        string kind = parsed.GetRequiredValue(_kind);
        if (kind != MultiTab) throw new UsageException($"unknown generator '{kind}'{Suggestion.Tail(kind, [MultiTab])}");
        RequireOutputs(parsed);
        double[,]? matrix = parsed.GetValue(_matrix) is { } path ? CorrelationMatrix.Read(path) : null;
        if (matrix is not null && IsGiven(_correlation, parsed)) throw new UsageException("--correlation and --correlation-matrix are both given, expected one of them.");

        // A matrix says how many tasks there are; a number given beside it has to agree.
        int tasks = matrix is null || IsGiven(_tasks, parsed) ? parsed.GetValue(_tasks) : matrix.GetLength(0);
        string? testOut = parsed.GetValue(_testOut), validationOut = parsed.GetValue(_validationOut);
        var options = new MultiTabBenchOptions
        {
            Tasks = tasks,
            Features = parsed.GetValue(_features),
            Correlation = parsed.GetValue(_correlation),
            CorrelationMatrix = matrix,
            Degrees = List<int>(_degrees, parsed, tasks, text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null),
            Noise = List<double>(_noise, parsed, tasks, text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null),
            Rows = parsed.GetValue(_rows),
            ValidationRows = validationOut is null ? 0 : parsed.GetValue(_validationRows),
            TestRows = testOut is null ? 0 : parsed.GetValue(_testRows),
            Seed = parsed.GetValue(_seed),
        };
        MultiTabBenchData data = MultiTabBench.Generate(options);
        if (testOut is not null && data.Test is null) throw new UsageException("--test-rows: found 0, expected 1 or more with --test-out.");
        if (validationOut is not null && data.Validation is null) throw new UsageException("--validation-rows: found 0, expected 1 or more with --validation-out.");
        if (validationOut is not null) Write(data.Validation!, validationOut, parsed, terminal);
        if (testOut is not null) Write(data.Test!, testOut, parsed, terminal);
        if (parsed.GetValue(_out) is { } file) Write(data.Train, file, parsed, terminal);
        else
        {
            var csv = new CsvTableWriter(terminal.Output);
            csv.WriteHeader(data.Train.ColumnNames);
            csv.WriteRows(data.Train);
        }

        return ExitCode.Success;
    }

    private void RequireOutputs(ParseResult parsed)
    {
        var others = new List<(string Role, string Path)>();
        if (parsed.GetValue(_matrix) is { } matrix) others.Add(("the file of --correlation-matrix", matrix));
        foreach (GroupedOption<string> option in (GroupedOption<string>[])[_out, _validationOut, _testOut])
        {
            if (parsed.GetValue(option) is not { } file) continue;
            OutputFile.Require(option.Name, file, parsed.GetValue(_overwrite), others);
            others.Add(($"the file of {option.Name}", file));
        }
    }

    private static bool IsGiven(Option option, ParseResult parsed) => parsed.GetResult(option) is { Implicit: false };

    private static void Write(Table table, string file, ParseResult parsed, Terminal terminal)
    {
        CsvTableWriter.Write(table, file);
        if (GlobalFlags.Quiet(parsed)) return;
        if (!GlobalFlags.Json(parsed))
        {
            terminal.Error.WriteLine($"{file}: {TextTable.Count(table.Rows)} rows, {table.Columns.Count} columns");
            return;
        }

        JsonText.Write(terminal.Output, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("rows", table.Rows);
            json.Strings("columns", table.ColumnNames);
            json.WriteEndObject();
        });
    }

    private static GroupedOption<int> Number(string name, int value, string description)
        => new(name, Group, value.ToString(CultureInfo.InvariantCulture)) { HelpName = "n", Description = description, DefaultValueFactory = _ => value };

    // One value stands for all tasks.
    private static T[]? List<T>(GroupedOption<string> option, ParseResult parsed, int tasks, Func<string, T?> parse)
        where T : struct
    {
        if (parsed.GetValue(option) is not { } text) return null;
        T[] values = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => parse(part) ?? throw new UsageException($"{option.Name}: found '{part}', expected numbers separated by commas."))];
        return values.Length == 1 && tasks > 1 ? [.. Enumerable.Repeat(values[0], tasks)] : values;
    }
}
