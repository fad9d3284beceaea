using System.Diagnostics;
using Polymath.Cli;

namespace Polymath.Tests;

/// <summary>Runs the tool, in this process or in one of its own.</summary>
internal static class CommandLine
{
    private static readonly string s_tool = Path.Combine(AppContext.BaseDirectory, "polymath.dll");

    /// <summary>The real entry point, with streams of our own.</summary>
    public static Answer Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = PolymathApplication.Run(arguments, output, error);
        return new Answer(code, output.ToString(), error.ToString());
    }

    /// <summary>As <see cref="Run"/>; fails the test with the message unless the tool succeeds.</summary>
    public static Answer Succeed(params string[] arguments)
    {
        Answer answer = Run(arguments);
        Assert.True(answer.Code == 0, $"{string.Join(' ', arguments)}: {answer.Code}\n{answer.Error}");
        return answer;
    }

    /// <summary>A process of its own.</summary>
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(s_tool);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>A process of its own, to its end.</summary>
    public static Answer RunProcess(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        return WaitFor(process);
    }

    /// <summary>Waits for the end of a process and reads what it said.</summary>
    public static Answer WaitFor(Process process)
    {
        System.Threading.Tasks.Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return new Answer(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
