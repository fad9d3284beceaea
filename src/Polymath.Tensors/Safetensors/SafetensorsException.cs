namespace Polymath.Tensors.Safetensors;

/// <summary>A safetensors file broke a rule of the format, or was asked for what it does not hold.</summary>
public sealed class SafetensorsException : Exception
{
    private const int LongestShownName = 120;

    internal SafetensorsException(SafetensorsErrorKind kind, string path, string? tensorName, string problem, Exception? inner = null)
        : base(Sentence(path, tensorName, problem), inner)
    {
        Kind = kind;
        Path = path;
        TensorName = tensorName;
    }

    /// <summary>Which rule was broken.</summary>
    public SafetensorsErrorKind Kind { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensor concerned, or null when the problem is the file's.</summary>
    public string? TensorName { get; }

    private static string Sentence(string path, string? tensorName, string problem)
        => tensorName is null ? $"{path}: {problem}." : $"{path}: tensor '{Shorten(tensorName)}' {problem}.";

    // A hostile header may hold a name of megabytes; a message stays one readable sentence.
    internal static string Shorten(string text)
        => text.Length <= LongestShownName ? text : string.Concat(text.AsSpan(0, LongestShownName), "...");
}
