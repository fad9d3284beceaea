using System.Globalization;

namespace Polymath.Learning.Losses;

/// <summary>A label that the loss of its task does not know.</summary>
public sealed class LabelException : Exception
{
    /// <summary>An error about one row.</summary>
    /// <param name="loss">The loss's name.</param>
    /// <param name="row">Row in the batch, from 0.</param>
    /// <param name="value">The label.</param>
    /// <param name="expected">What labels look like.</param>
    public LabelException(string loss, int row, float value, string expected)
        : base(string.Create(CultureInfo.InvariantCulture, $"{loss} loss: row {row} has label {value}, expected {expected}."))
    {
        Row = row;
        Value = value;
    }

    /// <summary>Row in the batch, from 0.</summary>
    public int Row { get; }

    /// <summary>The label.</summary>
    public float Value { get; }
}
