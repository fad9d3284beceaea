namespace Polymath.Learning.Configuration;

/// <summary>Names of components and parameters as people write them: in any case, and with - or _.</summary>
internal static class WrittenName
{
    /// <summary>Whether a name is meant.</summary>
    /// <param name="name">The name.</param>
    /// <param name="written">What was written.</param>
    public static bool Is(string name, string written) => Normal(name) == Normal(written);

    /// <summary>What all ways to write a name have in common.</summary>
    public static string Normal(string written) => written.Trim().Replace('_', '-').ToLowerInvariant();
}
