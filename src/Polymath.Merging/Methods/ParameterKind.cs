namespace Polymath.Merging.Methods;

/// <summary>What a method's parameter holds.</summary>
public enum ParameterKind
{
    /// <summary>A number; in a configuration also a gradient over the layers.</summary>
    Number,

    /// <summary>true or false; a number other than 0 is true.</summary>
    Flag,

    /// <summary>Text, such as a file's path or a model's name.</summary>
    Text,
}
