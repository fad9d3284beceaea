namespace Polymath.Data;

/// <summary>How a table becomes numbers.</summary>
public sealed record EncoderOptions
{
    /// <summary>The defaults.</summary>
    public static EncoderOptions Default { get; } = new();

    /// <summary>How numbers are encoded. Default: standardised.</summary>
    public NumericTransform Numeric { get; init; } = NumericTransform.Standardise;

    /// <summary>Adds a 0/1 column "is missing" for every numeric or date column with missing values in the training rows. Default: true.</summary>
    public bool MissingIndicators { get; init; } = true;

    /// <summary>Leaves a missing number or date NaN instead of putting it at the centre, and adds no "is missing" column: for models that know what to do with a gap, such as trees. Default: false.</summary>
    public bool KeepMissing { get; init; }

    /// <summary>Categories seen less often than this in the training rows share the unknown id 0. Default: 2, so that the unknown id is trained. Range: 1 or more.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>
    /// Most ids of all categorical columns together; the columns with the most categories are then hashed into as many ids as fit, all to the
    /// same number. 0 for no limit. Default: 0.
    /// </summary>
    public int MaxIds { get; init; }

    /// <summary>Standardises regression targets (per task). Default: true.</summary>
    public bool StandardiseTargets { get; init; } = true;

    /// <summary>The input columns; null takes every column that is neither a target's source nor the task column.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Columns that are not inputs, such as identifiers or columns that leak a target.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Columns that hold lists of ids; they are inputs as lists only. Default: none.</summary>
    public IReadOnlyList<SequenceColumn> Sequences { get; init; } = [];

    /// <summary>What separates the ids of a list. Default: '|'.</summary>
    public char ListSeparator { get; init; } = SequenceColumn.DefaultSeparator;

    /// <summary>Whether whoever takes the rows can read lists of ids; if not, no note advises it. Default: true.</summary>
    public bool ReadsLists { get; init; } = true;

    /// <summary>The column that says which task a row belongs to; then there is exactly one target. Its labels name the tasks.</summary>
    public string? TaskColumn { get; init; }

    /// <summary>Also gives the task column as a categorical input (for a pooled model). Default: false.</summary>
    public bool TaskAsInput { get; init; }

    /// <summary>The column whose values are the groups of metrics within groups, such as the user of a ranked list. It is an input like any other unless dropped. Default: none.</summary>
    public string? GroupColumn { get; init; }

    /// <summary>What to do with rows of a task unknown to training. Default: an error.</summary>
    public UnknownTask UnknownTask { get; init; } = UnknownTask.Error;

    internal void Validate()
    {
        if (MinFrequency < 1) throw new TableException($"minimum frequency: found {MinFrequency}, expected 1 or more.");
        if (MaxIds < 0) throw new TableException($"most ids: found {MaxIds}, expected 0 (no limit) or more.");
        if (TaskAsInput && TaskColumn is null) throw new TableException("the task is to be an input but there is no task column; name one.");
    }
}
