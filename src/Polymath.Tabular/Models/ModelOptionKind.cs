namespace Polymath.Tabular;

/// <summary>The type of a model option.</summary>
public enum ModelOptionKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A real number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Whole numbers separated by '/', for example 256/128; "none" for no number.</summary>
    Integers,

    /// <summary>Text of a form of its own; <see cref="ModelOption.Words"/> shows it.</summary>
    Text,
}
