using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Everything a training run is made of. The same values come from flags, from YAML and from code; see <see cref="RunOptions"/> for their names, ranges and help.</summary>
public sealed record RunSettings
{
    /// <summary>The training table: a file, <c>sqlite:file.db#table</c> or <c>postgres://...#table</c>.</summary>
    public string Data { get; init; } = string.Empty;

    /// <summary>A separate test table; empty takes the test rows from <see cref="Data"/>.</summary>
    public string Test { get; init; } = string.Empty;

    /// <summary>What to predict: <c>[name=]column[op value][:kind]</c>, one or more.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The column that says which task a row belongs to; empty when every target is a column.</summary>
    public string TaskColumn { get; init; } = string.Empty;

    /// <summary>Also give the task column to the model as an input.</summary>
    public bool TaskAsInput { get; init; }

    /// <summary>Field delimiter; empty finds it out.</summary>
    public string Delimiter { get; init; } = string.Empty;

    /// <summary>Decimal separator.</summary>
    public string Decimal { get; init; } = ".";

    /// <summary><c>auto</c>, <c>yes</c> or <c>no</c>.</summary>
    public string Header { get; init; } = "auto";

    /// <summary>Column names for a file without a header.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Lines to skip at the top of the training file.</summary>
    public int SkipLines { get; init; }

    /// <summary>Lines to skip at the top of the test file.</summary>
    public int TestSkipLines { get; init; }

    /// <summary>A character dropped from the end of text values, such as the dot in some test files.</summary>
    public string TrimTrailing { get; init; } = string.Empty;

    /// <summary>What stands for a missing value.</summary>
    public IReadOnlyList<string> Missing { get; init; } = ["", "NA", "N/A", "NaN", "null", "?"];

    /// <summary>Columns to read as numbers.</summary>
    public IReadOnlyList<string> Numeric { get; init; } = [];

    /// <summary>Columns to read as categories.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns the model does not see.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary><c>standardise</c>, <c>quantile</c> or <c>none</c>.</summary>
    public string Transform { get; init; } = "standardise";

    /// <summary>Training rows a category needs to have an id of its own.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary><c>random</c>, <c>stratified</c>, <c>column:NAME</c>, <c>group:NAME</c> or <c>rows:FILE</c>.</summary>
    public string Split { get; init; } = "random";

    /// <summary>Fraction of rows for validation.</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>Fraction of rows for the test, when no test table or column says.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Seed of the split; the same for every training seed unless changed.</summary>
    public int SplitSeed { get; init; }

    /// <summary>The model, <c>name[:option=value,...]</c>.</summary>
    public string Model { get; init; } = "mmoe";

    /// <summary>The balancer, <c>name[:option=value,...]</c>.</summary>
    public string Balancer { get; init; } = "ew";

    /// <summary>The regulariser of the shared representation, <c>name[:option=value,...]</c>; empty for none.</summary>
    public string Regularizer { get; init; } = string.Empty;

    /// <summary>The optimiser, <c>name[:option=value,...]</c>.</summary>
    public string Optimizer { get; init; } = "adam:lr=0.001";

    /// <summary>The learning rate schedule, <c>name[:option=value,...]</c>.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>Passes over the training rows at most.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Rows per step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Epochs without improvement before stopping; 0 never stops early.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Largest gradient norm; 0 does not clip.</summary>
    public double Clip { get; init; }

    /// <summary>Where a gradient-based balancer compares and combines the tasks' gradients.</summary>
    public BalanceLevel BalanceAt { get; init; }

    /// <summary>The most MiB that the tasks' gradient rows may take.</summary>
    public double GradientMemory { get; init; } = 2048;

    /// <summary>Kind of sharpness-aware step for every task, "sam" or "asam" with parameters (see <see cref="FlatRegions.Create"/>); empty trains without.</summary>
    public string Flat { get; init; } = string.Empty;

    /// <summary>Decay of a moving average of the weights that is scored and kept; 0 averages nothing.</summary>
    public double Average { get; init; }

    /// <summary>Seed of initial weights, data order and dropout.</summary>
    public int Seed { get; init; }

    /// <summary>Trainings with different seeds, from <see cref="Seed"/> on; the first one's model is kept.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Whether single-task models are trained for comparison.</summary>
    public BaselineChoice Baseline { get; init; }
}
