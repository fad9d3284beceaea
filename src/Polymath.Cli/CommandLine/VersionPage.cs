using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Polymath.Cli;

/// <summary><c>polymath --version</c>.</summary>
internal sealed class VersionPage(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The version without the commit.</summary>
    public static string Version => (typeof(VersionPage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        terminal.Output.WriteLine($"polymath {Version}");
        return ExitCode.Success;
    }
}
