namespace Polymath.Data;

/// <summary>Writes the features that one input column gives for some rows.</summary>
/// <param name="rows">Row numbers in the table it was made for.</param>
/// <param name="destination">Starts at the column's first feature of the first of these rows.</param>
/// <param name="stride">Distance from one row to the next.</param>
internal delegate void FeatureWriter<T>(ReadOnlySpan<int> rows, Span<T> destination, int stride);
