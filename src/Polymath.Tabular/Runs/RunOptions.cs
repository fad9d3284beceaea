using System.Globalization;
using Polymath.Data;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>All settings of a run, in the order of the help.</summary>
public static class RunOptions
{
    private static readonly RunSettings s_defaults = new();

    /// <summary>The settings.</summary>
    public static IReadOnlyList<RunOption> All { get; } =
    [
        Text("test", "table", "Data", "Separate test table; without it test rows are taken from the training table.", s => s.Test, (s, v) => s with { Test = v }),
        List("target", "target", "Data", "What to predict: [name=]column[op value][:binary|multiclass|regression|count]; give it once per task.", s => s.Targets, (s, v) => s with { Targets = v }, split: false),
        Text("task", "column", "Data", "Column that says which task a row belongs to; then one --target is predicted for every task.", s => s.TaskColumn, (s, v) => s with { TaskColumn = v }),
        Switch("task-as-input", "Data", "Let the model also see the task column.", s => s.TaskAsInput, (s, v) => s with { TaskAsInput = v }),
        Text("delimiter", "char", "Data", "Field delimiter; found out when not given (tab may be written \\t).", s => s.Delimiter, (s, v) => s with { Delimiter = Character("delimiter", v) }),
        Text("decimal", "char", "Data", "Decimal separator.", s => s.Decimal, (s, v) => s with { Decimal = Character("decimal", v) }, required: true),
        Choice("header", "Data", "Whether the file has a header line.", ["auto", "yes", "no"], s => s.Header, (s, v) => s with { Header = v }),
        List("columns", "names", "Data", "Column names of a file without a header, separated by commas.", s => s.Columns, (s, v) => s with { Columns = v }),
        Integer("skip-lines", "Data", "Lines to skip at the top of the training file.", 0, s => s.SkipLines, (s, v) => s with { SkipLines = v }),
        Integer("test-skip-lines", "Data", "Lines to skip at the top of the test file.", 0, s => s.TestSkipLines, (s, v) => s with { TestSkipLines = v }),
        Text("trim-trailing", "char", "Data", "Character to drop from the end of text values.", s => s.TrimTrailing, (s, v) => s with { TrimTrailing = Character("trim-trailing", v) }),
        List("missing", "markers", "Data", "Texts that stand for a missing value.", s => s.Missing, (s, v) => s with { Missing = v }),
        List("numeric", "columns", "Columns", "Columns to read as numbers.", s => s.Numeric, (s, v) => s with { Numeric = v }),
        List("categorical", "columns", "Columns", "Columns to read as categories.", s => s.Categorical, (s, v) => s with { Categorical = v }),
        List("drop", "columns", "Columns", "Columns the model must not see.", s => s.Drop, (s, v) => s with { Drop = v }),
        Choice("transform", "Columns", "How numbers are scaled.", ["standardise", "quantile", "none"], s => s.Transform, (s, v) => s with { Transform = v }),
        Integer("min-frequency", "Columns", "Training rows a category needs to have an id of its own.", 1, s => s.MinFrequency, (s, v) => s with { MinFrequency = v }),
        Text("split", "how", "Split", "random, stratified, column:NAME, group:NAME or rows:FILE (numbers of the test rows).", s => s.Split, (s, v) => s with { Split = v }, required: true),
        Number("validation", "Split", "Fraction of rows for validation.", 0, 0.9, s => s.Validation, (s, v) => s with { Validation = v }),
        Number("test-fraction", "Split", "Fraction of rows for the test.", 0, 0.9, s => s.TestFraction, (s, v) => s with { TestFraction = v }),
        Integer("split-seed", "Split", "Seed of the split.", 0, s => s.SplitSeed, (s, v) => s with { SplitSeed = v }),
        Text("model", "name", "Training", "The model, name[:option=value,...]; 'polymath models' lists them.", s => s.Model, (s, v) => s with { Model = v }, required: true),
        Text("balancer", "name", "Training", "How tasks are balanced, name[:option=value,...]; 'polymath balancers' lists them.", s => s.Balancer, (s, v) => s with { Balancer = v }, required: true),
        Choice("balance-at", "Training", "Where a gradient-based balancer compares the tasks: at the shared parameters, or at the shared representation, which is cheaper (with -sum: summed over the batch first).", ["parameters", "representation", "representation-sum"], s => s.BalanceAt switch { BalanceLevel.Representation => "representation", BalanceLevel.RepresentationSum => "representation-sum", _ => "parameters" }, (s, v) => s with { BalanceAt = v switch { "representation" => BalanceLevel.Representation, "representation-sum" => BalanceLevel.RepresentationSum, _ => BalanceLevel.Parameters } }),
        Number("gradient-memory", "Training", "Most MiB that the tasks' gradients may take; beyond it they are compared parameter by parameter, with one more sweep.", 0, 1 << 24, s => s.GradientMemory, (s, v) => s with { GradientMemory = v }),
        Text("flat", "kind", "Training", "Seek flat regions with a sharpness-aware step for every task, sam or asam[:rho=x,every=n,...]; off when not given. A step then costs one more pass per task.", s => s.Flat, (s, v) => s with { Flat = v }),
        Text("regularizer", "name", "Training", "A regulariser of the shared representation, name[:option=value,...]: rep-mtl; for models with a shared trunk, such as shared-bottom.", s => s.Regularizer, (s, v) => s with { Regularizer = v }),
        Text("optimizer", "name", "Training", "The optimiser, name[:option=value,...]: sgd, adam, adamw, adagrad.", s => s.Optimizer, (s, v) => s with { Optimizer = v }, required: true),
        Text("schedule", "name", "Training", "The learning rate schedule, name[:option=value,...]: constant, cosine, step, one-cycle.", s => s.Schedule, (s, v) => s with { Schedule = v }, required: true),
        Integer("epochs", "Training", "Passes over the training rows at most.", 1, s => s.Epochs, (s, v) => s with { Epochs = v }),
        Integer("batch-size", "Training", "Rows per step.", 1, s => s.BatchSize, (s, v) => s with { BatchSize = v }),
        Integer("patience", "Training", "Epochs without a better validation score before stopping; 0 never stops early.", 0, s => s.Patience, (s, v) => s with { Patience = v }),
        Number("clip", "Training", "Largest gradient norm; 0 does not clip.", 0, double.MaxValue, s => s.Clip, (s, v) => s with { Clip = v }),
        Number("average", "Training", "Decay of a moving average of the weights that is scored and kept, for example 0.999; 0 averages nothing.", 0, 0.9999999, s => s.Average, (s, v) => s with { Average = v }),
        Integer("seed", "Training", "Seed of initial weights, data order and dropout.", 0, s => s.Seed, (s, v) => s with { Seed = v }),
        Integer("seeds", "Training", "Trainings with different seeds: their spread tells a gain from luck. The first one's model is kept.", 1, s => s.Seeds, (s, v) => s with { Seeds = v }),
        Choice("baseline", "Training", "Train one model per task for comparison; auto does for small runs.", ["auto", "single-task", "none"], s => BaselineName(s.Baseline), (s, v) => s with { Baseline = v == "auto" ? BaselineChoice.Auto : v == "none" ? BaselineChoice.None : BaselineChoice.SingleTask }),
    ];

    /// <summary>The setting of that name.</summary>
    /// <exception cref="RunException">There is none; the nearest is suggested.</exception>
    public static RunOption Find(string name) => All.FirstOrDefault(option => option.Name == name)
        ?? throw new RunException($"unknown setting '{name}'{(Suggestion.Nearest(name, All.Select(option => option.Name)) is { } near ? $", did you mean '{near}'?" : string.Empty)}");

    /// <summary>Throws when a setting made in code is out of the range that flags and YAML are held to.</summary>
    /// <exception cref="RunException">Names the setting, the value and the range.</exception>
    public static void Validate(RunSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (RunOption option in All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            if (values.Count > 0) option.SetExactly(settings, values);
        }
    }

    /// <summary>Default values as shown in the help; empty when there is none worth showing.</summary>
    public static string DefaultOf(RunOption option) => string.Join(',', option.Get(s_defaults).Where(value => value.Length > 0));

    private static RunOption Text(string name, string value, string group, string help, Func<RunSettings, string> get, Func<RunSettings, string, RunSettings> set, bool required = false)
        => new(name, value, group, help, false, s => get(s).Length == 0 && !required ? [] : [get(s)], (s, v) =>
            required && Single(name, v).Length == 0 ? throw new RunException($"{name}: found nothing, expected a {value}.") : set(s, Single(name, v)));

    private static RunOption Switch(string name, string group, string help, Func<RunSettings, bool> get, Func<RunSettings, bool, RunSettings> set)
        => new(name, string.Empty, group, help, false, s => [get(s) ? "true" : "false"], (s, v) => set(s, v.Count == 0 || Single(name, v) switch
        {
            "true" or "yes" => true,
            "false" or "no" => false,
            string other => throw new RunException($"{name}: found '{other}', expected true or false."),
        }));

    private static RunOption List(string name, string value, string group, string help, Func<RunSettings, IReadOnlyList<string>> get, Func<RunSettings, IReadOnlyList<string>, RunSettings> set, bool split = true)
        => new(name, value, group, help, true, get, (s, v) => set(s, split ? [.. v.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries))] : [.. v]))
        {
            SetExactly = (s, v) => set(s, [.. v]),
        };

    private static RunOption Choice(string name, string group, string help, string[] choices, Func<RunSettings, string> get, Func<RunSettings, string, RunSettings> set)
        => new(name, string.Join('|', choices), group, help, false, s => [get(s)], (s, v) => choices.Contains(Single(name, v))
            ? set(s, v[0])
            : throw new RunException($"{name}: found '{v[0]}', expected {string.Join(", ", choices[..^1])} or {choices[^1]}."));

    private static RunOption Integer(string name, string group, string help, int least, Func<RunSettings, int> get, Func<RunSettings, int, RunSettings> set)
        => new(name, "n", group, help, false, s => [get(s).ToString(CultureInfo.InvariantCulture)], (s, v) =>
            int.TryParse(Single(name, v), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && number >= least
                ? set(s, number)
                : throw new RunException($"{name}: found '{v[0]}', expected a whole number of {least} or more."));

    private static RunOption Number(string name, string group, string help, double least, double most, Func<RunSettings, double> get, Func<RunSettings, double, RunSettings> set)
        => new(name, "x", group, help, false, s => [get(s).ToString("R", CultureInfo.InvariantCulture)], (s, v) =>
            double.TryParse(Single(name, v), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
                ? set(s, number)
                : throw new RunException($"{name}: found '{v[0]}', expected a number {(most > 1e9 ? $"of {least} or more" : $"from {least} to {most}")}."));

    private static string Single(string name, IReadOnlyList<string> values)
        => values.Count == 1 ? values[0] : throw new RunException($"{name}: found {values.Count} values, expected one.");

    private static string Character(string name, string text)
    {
        string value = text == "\\t" ? "\t" : text;
        return value.Length <= 1 ? value : throw new RunException($"{name}: found '{text}', expected a single character.");
    }

    private static string BaselineName(BaselineChoice choice) => choice switch
    {
        BaselineChoice.Auto => "auto",
        BaselineChoice.None => "none",
        _ => "single-task",
    };
}
