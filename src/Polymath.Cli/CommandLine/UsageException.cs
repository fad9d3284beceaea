namespace Polymath.Cli;

/// <summary>The command line asks for something that does not exist or contradicts itself; the message is one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);
