namespace Polymath.Data.Sources;

/// <summary>What is to be said about the quotes of a field.</summary>
internal enum CsvQuoting
{
    /// <summary>There are none, or they enclose the field and those inside are doubled (RFC 4180).</summary>
    Sound,

    /// <summary>A quote in an unquoted field, or text after the closing quote.</summary>
    Stray,

    /// <summary>The field is quoted and does not end, or ends lines later in the middle of a field.</summary>
    Unclosed,
}
