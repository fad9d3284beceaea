using Polymath.Boosting;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Losses;
using Polymath.Learning.Metrics;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Merging;
using Polymath.Onnx;
using Polymath.Reproductions;
using Polymath.Tabular;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Cli;

/// <summary>Turns an exception into one sentence and an exit code.</summary>
internal static class Failure
{
    /// <summary>Reports it on standard error.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception exception, Terminal terminal, bool debug)
    {
        if (BrokenPipe.Is(exception)) return ExitCode.Success;
        bool expected = IsExpected(exception);
        string sentence = expected ? Sentence(exception.Message) : $"unexpected {exception.GetType().Name}: {Sentence(exception.Message)} (--debug shows where)";
        terminal.Error.WriteLine($"error: {sentence}");
        if (debug) terminal.Error.WriteLine(exception);
        return expected ? ExitCode.BadInput : ExitCode.Unexpected;
    }

    /// <summary>One line, whatever the message was made of.</summary>
    public static string Sentence(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // The errors the libraries declare for bad input, and those of the file system; anything else is our defect.
    private static bool IsExpected(Exception exception) => exception
        is UsageException or RunException or TableException or ModelException or BalancerException or ComponentException or LabelException or OptimizerException or TrainingException
        or OnnxException or BoostingException or MergeException or SafetensorsException or TensorException or BaselineException or ReproductionException or IOException or UnauthorizedAccessException;
}
