using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Everything a training run is made of. The same values come from flags, from YAML and from code; see <see cref="RunOptions"/> for their names, ranges and help. Work made of many trainings adds its own to these.</summary>
public record RunSettings : DataSettings
{
    /// <summary>Also give the task column to the model as an input.</summary>
    public bool TaskAsInput { get; init; }

    /// <summary>Columns of lists of ids: <c>column[=item column][:longest length]</c>.</summary>
    public IReadOnlyList<string> Sequences { get; init; } = [];

    /// <summary>What separates the ids of a list.</summary>
    public string ListSeparator { get; init; } = "|";

    /// <summary><c>standardise</c>, <c>quantile</c> or <c>none</c>.</summary>
    public string Transform { get; init; } = "standardise";

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

    /// <summary>The column whose values are the groups of metrics within groups (GAUC), such as the user; empty for none.</summary>
    public string Group { get; init; } = string.Empty;

    /// <summary>Share of the negative labels of binary tasks to train on, in (0, 1]; probabilities are corrected for it.</summary>
    public double Negatives { get; init; } = 1;

    /// <summary>The most MiB that one copy of the model's tables of vectors may take; large vocabularies are hashed to fit. 0 for no limit.</summary>
    public double TableMemory { get; init; }

    /// <summary>Passes over the training rows at most.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Rows per step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Whether an epoch leaves out the rows that do not fill a batch.</summary>
    public bool DropLast { get; init; }

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

    /// <summary>The columns of lists; their items and item columns are names, also where they look like numbers.</summary>
    /// <exception cref="TableException">A text is not of the form column[=item column][:longest length].</exception>
    internal IReadOnlyList<SequenceColumn> SequenceColumns => [.. Sequences.Select(SequenceColumn.Parse)];

    /// <inheritdoc/>
    public override ReadOptions ReadOptions(int skipLines)
    {
        ReadOptions options = base.ReadOptions(skipLines);
        string[] names = [.. SequenceColumns.SelectMany(sequence => sequence.Item is null ? [sequence.Column] : new[] { sequence.Column, sequence.Item }).Distinct()];
        if (names.FirstOrDefault(options.NumericColumns.Contains) is { } number) throw new RunException($"numeric: found '{number}', which a sequence names, expected a column of names of items there.");
        return names.Length == 0 ? options : options with { CategoricalColumns = [.. options.CategoricalColumns.Union(names)] };
    }
}
