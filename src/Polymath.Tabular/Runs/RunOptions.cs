using Polymath.Data.Runs;
using Polymath.Learning.Training;
using Option = Polymath.Data.Runs.SettingOption<Polymath.Tabular.Runs.RunSettings>;

namespace Polymath.Tabular.Runs;

/// <summary>All settings of a training run, in the order of the help.</summary>
public static class RunOptions
{
    private const string Training = "Training";

    /// <summary>The settings.</summary>
    public static SettingTable<RunSettings> Table { get; } = new(new RunSettings(),
    [
        .. DataOptions.Of<RunSettings>(),
        Option.Switch("task-as-input", DataOptions.DataGroup, "Let the model also see the task column.", s => s.TaskAsInput, (s, v) => s with { TaskAsInput = v }),
        Option.List("sequence", "column", DataOptions.ColumnsGroup, "Column of lists of ids, column[=item column][:longest length], oldest first: history=item_id:20 keeps the last 20 ids, which are those of item_id; give it once per column.", s => s.Sequences, (s, v) => s with { Sequences = v }),
        Option.Character("list-separator", DataOptions.ColumnsGroup, "What separates the ids of a list.", s => s.ListSeparator, (s, v) => s with { ListSeparator = v }, required: true),
        Option.Choice("transform", DataOptions.ColumnsGroup, "How numbers are scaled.", ["standardise", "quantile", "none"], s => s.Transform, (s, v) => s with { Transform = v }),
        Option.Text("group", "column", DataOptions.ColumnsGroup, "Column, such as the user, within whose values yes-no targets are also ranked: adds the metric gauc.", s => s.Group, (s, v) => s with { Group = v }),
        Option.Number("table-memory", DataOptions.ColumnsGroup, "Most MiB that one copy of the model's tables of vectors may take: columns with the most categories are hashed to fit; 0 for no limit.", 0, 1 << 24, s => s.TableMemory, (s, v) => s with { TableMemory = v }),
        Option.Number("negatives", DataOptions.SplitGroup, "Share of the negative labels of yes-no targets to train on, for example 0.1 where positives are rare; probabilities are corrected for it.", 1e-6, 1, s => s.Negatives, (s, v) => s with { Negatives = v }),
        Option.Text("model", "name", Training, "The model, name[:option=value,...]; 'polymath models' lists them.", s => s.Model, (s, v) => s with { Model = v }, required: true),
        Option.Text("balancer", "name", Training, "How tasks are balanced, name[:option=value,...]; 'polymath balancers' lists them.", s => s.Balancer, (s, v) => s with { Balancer = v }, required: true),
        Option.Choice("balance-at", Training, "Where a gradient-based balancer compares the tasks: at the shared parameters, or at the shared representation, which is cheaper (with -sum: summed over the batch first).", ["parameters", "representation", "representation-sum"], s => s.BalanceAt switch { BalanceLevel.Representation => "representation", BalanceLevel.RepresentationSum => "representation-sum", _ => "parameters" }, (s, v) => s with { BalanceAt = v switch { "representation" => BalanceLevel.Representation, "representation-sum" => BalanceLevel.RepresentationSum, _ => BalanceLevel.Parameters } }),
        Option.Number("gradient-memory", Training, "Most MiB that the tasks' gradients may take; beyond it they are compared parameter by parameter, with one more sweep.", 0, 1 << 24, s => s.GradientMemory, (s, v) => s with { GradientMemory = v }),
        Option.Text("flat", "kind", Training, "Seek flat regions with a sharpness-aware step for every task, sam or asam[:rho=x,every=n,...]; off when not given. A step then costs one more pass per task.", s => s.Flat, (s, v) => s with { Flat = v }),
        Option.Text("regularizer", "name", Training, "A regulariser of the shared representation, name[:option=value,...]: rep-mtl; for models with a shared trunk, such as shared-bottom.", s => s.Regularizer, (s, v) => s with { Regularizer = v }),
        Option.Text("optimizer", "name", Training, "The optimiser, name[:option=value,...]: sgd, adam, adamw, adagrad.", s => s.Optimizer, (s, v) => s with { Optimizer = v }, required: true),
        Option.Text("schedule", "name", Training, "The learning rate schedule, name[:option=value,...]: constant, cosine, step, one-cycle.", s => s.Schedule, (s, v) => s with { Schedule = v }, required: true),
        Option.Integer("epochs", Training, "Passes over the training rows at most.", 1, s => s.Epochs, (s, v) => s with { Epochs = v }),
        Option.Integer("batch-size", Training, "Rows per step.", 1, s => s.BatchSize, (s, v) => s with { BatchSize = v }),
        Option.Switch("drop-last", Training, "Leave out of an epoch the rows that do not fill a batch; others every time.", s => s.DropLast, (s, v) => s with { DropLast = v }),
        Option.Integer("patience", Training, "Epochs without a better validation score before stopping; 0 never stops early.", 0, s => s.Patience, (s, v) => s with { Patience = v }),
        Option.Number("clip", Training, "Largest gradient norm; 0 does not clip.", 0, double.MaxValue, s => s.Clip, (s, v) => s with { Clip = v }),
        Option.Number("average", Training, "Decay of a moving average of the weights that is scored and kept, for example 0.999; 0 averages nothing.", 0, 0.9999999, s => s.Average, (s, v) => s with { Average = v }),
        Option.Integer("seed", Training, "Seed of initial weights, data order and dropout.", 0, s => s.Seed, (s, v) => s with { Seed = v }),
        Option.Integer("seeds", Training, "Trainings with different seeds: their spread tells a gain from luck. The first one's model is kept.", 1, s => s.Seeds, (s, v) => s with { Seeds = v }),
        Option.Choice("baseline", Training, "Train one model per task for comparison; auto does for small runs.", ["auto", "single-task", "none"], s => BaselineName(s.Baseline), (s, v) => s with { Baseline = v == "auto" ? BaselineChoice.Auto : v == "none" ? BaselineChoice.None : BaselineChoice.SingleTask }),
    ]);

    /// <summary>The same settings for work made of many trainings.</summary>
    /// <typeparam name="T">Its settings.</typeparam>
    /// <param name="except">Names of those it sets by itself.</param>
    public static IEnumerable<SettingOption<T>> Of<T>(params string[] except)
        where T : RunSettings

        // A record copied by 'with' keeps its own type.
        => Table.All.Where(option => !except.Contains(option.Name)).Select(option => new SettingOption<T>(option.Name, option.Value, option.Group, option.Help, option.IsList, settings => option.Get(settings), (settings, values) => (T)option.Set(settings, values))
        {
            SetExactly = (settings, values) => (T)option.SetExactly(settings, values),
            Shown = option.Shown,
        });

    /// <summary>The settings one by one.</summary>
    public static IReadOnlyList<Option> All => Table.All;

    /// <summary>The setting of that name.</summary>
    /// <exception cref="RunException">There is none; the nearest is suggested.</exception>
    public static Option Find(string name) => Table.Find(name);

    /// <summary>Throws when a setting made in code is out of the range that flags and YAML are held to.</summary>
    /// <exception cref="RunException">Names the setting, the value and the range.</exception>
    public static void Validate(RunSettings settings) => Table.Validate(settings);

    private static string BaselineName(BaselineChoice choice) => choice switch
    {
        BaselineChoice.Auto => "auto",
        BaselineChoice.None => "none",
        _ => "single-task",
    };
}
