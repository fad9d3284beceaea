using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>A data set in plain row-major arrays.</summary>
public sealed class ArrayDataset : Dataset
{
    private readonly float[] _numeric;
    private readonly int[] _categories;
    private readonly float[] _targets;
    private readonly int[] _rows;
    private readonly SequenceArray[] _sequences;

    /// <summary>A data set over arrays that are not copied.</summary>
    /// <param name="numeric">Numeric inputs, <c>[rows, features]</c>.</param>
    /// <param name="features">Numeric inputs per row.</param>
    /// <param name="categories">Category ids, <c>[rows, fields]</c>.</param>
    /// <param name="fields">Category fields per row.</param>
    /// <param name="targets">Labels, <c>[rows, tasks]</c>, NaN where not observed.</param>
    /// <param name="tasks">Labels per row.</param>
    /// <param name="rows">The rows to use, in order; null uses all.</param>
    /// <param name="sequences">Lists of ids, in the order of the schema; null for none.</param>
    /// <exception cref="TrainingException">The arrays disagree about the number of rows.</exception>
    public ArrayDataset(float[] numeric, int features, int[] categories, int fields, float[] targets, int tasks, int[]? rows = null, IReadOnlyList<SequenceArray>? sequences = null)
    {
        if (tasks < 1) throw new TrainingException($"ArrayDataset: found {tasks} tasks, expected at least one.");
        int count = targets.Length / tasks;
        if (targets.Length != count * tasks || numeric.Length != count * features || categories.Length != count * fields)
        {
            throw new TrainingException($"ArrayDataset: {targets.Length} labels of {tasks} tasks, {numeric.Length} numbers of {features} features and {categories.Length} ids of {fields} fields do not agree about the number of rows.");
        }

        _sequences = [.. sequences ?? []];
        if (Array.Find(_sequences, sequence => sequence.Rows != count) is { } other) throw new TrainingException($"ArrayDataset: found lists of {other.Rows} rows, expected {count} as there are labels of {count}.");
        SequenceWidth = _sequences.Sum(sequence => sequence.MaxLength);
        (_numeric, Features, _categories, Fields, _targets, Tasks) = (numeric, features, categories, fields, targets, tasks);
        _rows = rows ?? [.. Enumerable.Range(0, count)];
    }

    /// <summary>Numeric inputs per row.</summary>
    public int Features { get; }

    /// <summary>Category fields per row.</summary>
    public int Fields { get; }

    /// <summary>The group of every row of the arrays, for metrics within groups; null for none.</summary>
    public int[]? Groups { get; init; }

    /// <summary>The row of the table, counted from 0, that every row of the arrays comes from; null when that is not known.</summary>
    public int[]? SourceRows { get; init; }

    /// <inheritdoc/>
    public override bool HasGroups => Groups is not null;

    /// <summary>Ids per row in all sequences together, padding included.</summary>
    public int SequenceWidth { get; }

    /// <inheritdoc/>
    public override int Tasks { get; }

    /// <inheritdoc/>
    public override int Rows => _rows.Length;

    /// <summary>The same data seen through a subset of its rows.</summary>
    public ArrayDataset Subset(ReadOnlySpan<int> rows)
    {
        int[] chosen = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) chosen[i] = _rows[rows[i]];
        return new ArrayDataset(_numeric, Features, _categories, Fields, _targets, Tasks, chosen, _sequences) { Groups = Groups, SourceRows = SourceRows };
    }

    /// <summary>The same rows with other labels.</summary>
    /// <param name="labels"><c>[rows, tasks]</c>, NaN where not observed.</param>
    public ArrayDataset WithLabels(ReadOnlySpan<float> labels)
    {
        if (labels.Length != Rows * Tasks) throw new TrainingException($"ArrayDataset: found {labels.Length} labels for {Rows} rows, expected {Rows * Tasks} ({Tasks} per row).");
        float[] all = new float[_targets.Length];
        Array.Fill(all, float.NaN);
        for (int i = 0; i < _rows.Length; i++) labels.Slice(i * Tasks, Tasks).CopyTo(all.AsSpan(_rows[i] * Tasks));
        return new ArrayDataset(_numeric, Features, _categories, Fields, all, Tasks, _rows, _sequences) { Groups = Groups, SourceRows = SourceRows };
    }

    /// <summary>The same rows with the labels of one task only, leaving out rows where it is not observed.</summary>
    public ArrayDataset OfTask(int task)
    {
        float[] labels = new float[_targets.Length / Tasks];
        for (int i = 0; i < labels.Length; i++) labels[i] = _targets[(i * Tasks) + task];
        return new ArrayDataset(_numeric, Features, _categories, Fields, labels, 1, [.. _rows.Where(row => !float.IsNaN(labels[row]))], _sequences) { Groups = Groups, SourceRows = SourceRows };
    }

    /// <inheritdoc/>
    public override float Label(int row, int task) => _targets[(_rows[row] * Tasks) + task];

    /// <inheritdoc/>
    public override int Group(int row) => Groups is null ? -1 : Groups[_rows[row]];

    /// <inheritdoc/>
    public override int SourceRow(int row) => SourceRows is null ? -1 : SourceRows[_rows[row]];

    /// <inheritdoc/>
    public override Batch Gather(ReadOnlySpan<int> rows, Batch? reuse = null)
    {
        int width = SequenceWidth;
        Tensor numeric = Tensor.Zeros(rows.Length, Features), targets = Tensor.Zeros(rows.Length, Tasks), mask = width == 0 ? default : Tensor.Zeros(rows.Length, width);
        bool reused = reuse is not null && reuse.Rows == rows.Length && reuse.Categories.Shape[1] == Fields && (reuse.SequenceIds?.Shape[1] ?? 0) == width;
        Batch batch = reused ? reuse! : new Batch
        {
            Rows = rows.Length,
            Numeric = numeric,
            Categories = new IndexTensor([rows.Length, Fields]),
            Targets = targets,
            SequenceIds = width == 0 ? null : new IndexTensor([rows.Length, width]),
            SequenceMask = mask,
        };
        if (reused) batch.Refill(numeric, targets, mask);
        Span<float> numbers = numeric.Span, labels = targets.Span;
        Span<int> ids = batch.Categories.Span;
        for (int i = 0; i < rows.Length; i++)
        {
            int row = _rows[rows[i]];
            _numeric.AsSpan(row * Features, Features).CopyTo(numbers[(i * Features)..]);
            _categories.AsSpan(row * Fields, Fields).CopyTo(ids[(i * Fields)..]);
            _targets.AsSpan(row * Tasks, Tasks).CopyTo(labels[(i * Tasks)..]);
        }

        if (width > 0) GatherSequences(rows, width, batch.SequenceIds!.Span, mask.Span);
        return batch;
    }

    /// <inheritdoc/>
    public override ulong Fingerprint()
    {
        ulong hash = base.Fingerprint();
        foreach (int row in _rows)
        {
            foreach (float value in _numeric.AsSpan(row * Features, Features)) hash = Mix(hash, BitConverter.SingleToInt32Bits(value));
            foreach (int id in _categories.AsSpan(row * Fields, Fields)) hash = Mix(hash, id);
            foreach (SequenceArray sequence in _sequences)
            {
                foreach (int id in sequence[row]) hash = Mix(hash, id);
                hash = Mix(hash, -1);
            }
        }

        return hash;
    }

    private void GatherSequences(ReadOnlySpan<int> rows, int width, Span<int> ids, Span<float> mask)
    {
        // A batch that is filled again still holds the ids of other rows; its mask is new.
        ids.Clear();
        for (int i = 0; i < rows.Length; i++)
        {
            int at = i * width;
            foreach (SequenceArray sequence in _sequences)
            {
                ReadOnlySpan<int> list = sequence[_rows[rows[i]]];
                list.CopyTo(ids[at..]);
                mask.Slice(at, list.Length).Fill(1f);
                at += sequence.MaxLength;
            }
        }
    }
}
