using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Polymath.Cli;

/// <summary>Scores with a command of the user's: it is given the model's path and prints a number last.</summary>
/// <param name="command">A command line for the system's shell; <c>{}</c> stands for the path, which is appended when it does not occur.</param>
internal sealed partial class CommandEvaluator(string command) : MergeEvaluator
{
    private const string Place = "{}";

    /// <inheritdoc/>
    public override string Identity => command;

    /// <inheritdoc/>
    public override double Score(string model, CancellationToken cancellation)
    {
        string quoted = OperatingSystem.IsWindows() ? $"\"{model}\"" : $"'{model.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        string line = command.Contains(Place, StringComparison.Ordinal) ? command.Replace(Place, quoted, StringComparison.Ordinal) : $"{command} {quoted}";
        ProcessStartInfo start = OperatingSystem.IsWindows() ? new("cmd", ["/c", line]) : new("/bin/sh", ["-c", line]);
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start) ?? throw new UsageException($"--evaluate: '{line}' did not start.");
        using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new UsageException($"--evaluate: '{line}' ended with {process.ExitCode}, expected 0.");
        Match? last = Numbers().Matches(output).LastOrDefault();
        return last is not null && double.TryParse(last.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double score)
            ? score
            : throw new UsageException($"--evaluate: '{line}' printed no number, expected the score at the end of its output.");
    }

    [GeneratedRegex(@"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")]
    private static partial Regex Numbers();
}
