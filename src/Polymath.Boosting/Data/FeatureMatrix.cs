using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// The rows as trees see them: <c>[rows, width]</c> floats, row-major, NaN where missing. Numbers need no scaling; categories are ids.
/// </summary>
/// <example><code>
/// var features = new FeatureMatrix([0.2f, 1f,  0.7f, float.NaN], width: 2);
/// </code></example>
public sealed class FeatureMatrix
{
    private readonly ArraySegment<float> _values;

    /// <summary>Numbers without names: columns are called x0, x1, ...</summary>
    /// <param name="values"><c>[rows, width]</c>, row-major; kept, not copied, never changed.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <exception cref="BoostingException">The length is no multiple of the width, or a value is infinite.</exception>
    public FeatureMatrix(float[] values, int width)
        : this(values, [.. Enumerable.Range(0, Math.Max(width, 0)).Select(column => new FeatureDescription($"x{column}"))])
    {
    }

    /// <summary>Named columns, each of numbers or of ids.</summary>
    /// <param name="values"><c>[rows, columns]</c>, row-major; kept, not copied, never changed.</param>
    /// <param name="features">The columns, 1 or more.</param>
    /// <exception cref="BoostingException">The length is no multiple of the width, a value is infinite, or an id is not a whole number in its range.</exception>
    public FeatureMatrix(float[] values, IReadOnlyList<FeatureDescription> features)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count == 0) throw new BoostingException("there is no feature, expected at least one column.");
        if (values.Length % features.Count != 0) throw new BoostingException($"found {values.Length} feature values, expected a multiple of the {features.Count} columns.");
        (_values, Features, Rows) = (values, features, values.Length / features.Count);
        Check();
    }

    private FeatureMatrix(ArraySegment<float> values, IReadOnlyList<FeatureDescription> features) => (_values, Features, Rows) = (values, features, values.Count / features.Count);

    /// <summary>The columns.</summary>
    public IReadOnlyList<FeatureDescription> Features { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Width => Features.Count;

    /// <summary>The values, <c>[rows, width]</c>, row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The features of an encoded table: its numbers, then its categories. Encode with <see cref="EncoderOptions.KeepMissing"/>, so that missing numbers stay missing.</summary>
    /// <param name="table">The table.</param>
    public static FeatureMatrix From(EncodedTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        int numbers = table.NumericWidth, width = numbers + table.CategoricalCount;
        float[] values = new float[table.Rows * width];
        for (int row = 0; row < table.Rows; row++)
        {
            Span<float> into = values.AsSpan(row * width, width);
            table.NumericRow(row).CopyTo(into);
            ReadOnlySpan<int> ids = table.CategoryRow(row);
            for (int field = 0; field < ids.Length; field++) into[numbers + field] = ids[field];
        }

        return new FeatureMatrix(values, [.. table.NumericNames.Select(name => new FeatureDescription(name)), .. table.Fields.Select(field => new FeatureDescription(field.Name, field.Cardinality))]);
    }

    /// <summary>The values of one row.</summary>
    /// <param name="row">Row number.</param>
    public ReadOnlySpan<float> Row(int row) => _values.AsSpan(row * Width, Width);

    /// <summary>Consecutive rows, over the same memory.</summary>
    /// <param name="start">First row.</param>
    /// <param name="rows">Number of rows.</param>
    public FeatureMatrix Slice(int start, int rows) => new(_values.Slice(start * Width, rows * Width), Features);

    /// <summary>The given rows, in the given order.</summary>
    /// <param name="rows">Row numbers.</param>
    public FeatureMatrix Take(ReadOnlySpan<int> rows)
    {
        float[] taken = new float[rows.Length * Width];
        for (int i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(taken.AsSpan(i * Width));
        return new FeatureMatrix(taken, Features);
    }

    private void Check()
    {
        ReadOnlySpan<float> values = Values;
        int infinite = values.IndexOfAny(float.PositiveInfinity, float.NegativeInfinity);
        if (infinite >= 0) throw new BoostingException($"feature '{Features[infinite % Width].Name}', row {(infinite / Width) + 1}: found {values[infinite]}, expected a finite number or NaN for missing.");
        for (int column = 0; column < Width; column++)
        {
            FeatureDescription feature = Features[column];
            if (!feature.IsCategorical) continue;
            for (int row = 0; row < Rows; row++)
            {
                float id = values[(row * Width) + column];
                if (!float.IsNaN(id) && !(id >= 0 && id < feature.Categories && id == MathF.Floor(id)))
                    throw new BoostingException($"feature '{feature.Name}', row {row + 1}: found {id}, expected the id of a category, a whole number in [0, {feature.Categories}), or NaN for missing.");
            }
        }
    }
}
