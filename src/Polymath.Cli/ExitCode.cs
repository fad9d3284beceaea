namespace Polymath.Cli;

/// <summary>What the process answers.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A defect of the tool.</summary>
    public const int Unexpected = 1;

    /// <summary>A reproduction ran, and what its paper says did not come out.</summary>
    public const int ClaimDoesNotHold = 1;

    /// <summary>A mistake in the input, the settings or the command line.</summary>
    public const int BadInput = 2;

    /// <summary>Added to the signal number, as shells do: 130 for Ctrl-C.</summary>
    public const int Signalled = 128;
}
