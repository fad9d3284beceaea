using Polymath.Data;
using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>From a table and its tasks to data a model can be trained on.</summary>
public static class TableEncoding
{
    /// <summary>Splits the rows at random and encodes them.</summary>
    /// <param name="table">All rows.</param>
    /// <param name="tasks">What to predict; <see cref="Target.Column"/> is a column or an expression such as <c>age>=65</c>.</param>
    /// <param name="validation">Fraction of rows for validation, in [0, 1).</param>
    /// <param name="test">Fraction of rows for the test, in [0, 1).</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="options">How columns are encoded; a task column makes the one target a task per label of that column.</param>
    /// <exception cref="TableException">A target or option does not fit the table.</exception>
    public static TabularData Encode(this Table table, TaskSet tasks, double validation = 0.1, double test = 0.2, ulong seed = 0, EncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Encode(table, tasks, Splits.Random(table.Rows, validation, test, seed), null, options);
    }

    /// <summary>Encodes rows that are already split.</summary>
    /// <param name="table">All rows.</param>
    /// <param name="tasks">What to predict.</param>
    /// <param name="split">Which rows are for what.</param>
    /// <param name="test">A test table of its own, instead of the split's test rows.</param>
    /// <param name="options">How columns are encoded.</param>
    /// <exception cref="TableException">A target or option does not fit the table.</exception>
    public static TabularData Encode(this Table table, TaskSet tasks, Split split, Table? test = null, EncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(split);
        TargetColumn[] targets = [.. tasks.Select(task => TaskEncoding.ColumnOf(task, table))];
        return TabularData.Of(table, split, targets, options ?? EncoderOptions.Default, test is null ? null : _ => test, tasks);
    }
}
