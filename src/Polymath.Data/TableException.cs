namespace Polymath.Data;

/// <summary>
/// A table, its source or a column is not what was asked for. The message is one sentence that says where
/// (file, line, column), what was found and what was expected; it never holds a password.
/// </summary>
/// <remarks><see cref="Exception.Source"/> is the file or database the table came from.</remarks>
public class TableException : Exception
{
    /// <summary>An error with its place.</summary>
    /// <param name="message">One sentence.</param>
    /// <param name="source">File path or database, without credentials.</param>
    /// <param name="line">1-based line of a text file, or 1-based row of a query result.</param>
    /// <param name="column">Name of the column.</param>
    /// <param name="inner">What caused it.</param>
    public TableException(string message, string? source = null, long? line = null, string? column = null, Exception? inner = null)
        : base(message, inner)
    {
        Source = source;
        Line = line;
        Column = column;
    }

    /// <summary>1-based line of a text file, or 1-based row of a query result; null when the error is not about one line.</summary>
    public long? Line { get; }

    /// <summary>Name of the column; null when the error is not about one column.</summary>
    public string? Column { get; }
}
