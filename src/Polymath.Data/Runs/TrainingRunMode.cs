namespace Polymath.Data.Runs;

/// <summary>What to do with what the run folder already holds.</summary>
public enum TrainingRunMode
{
    /// <summary>The folder must be new or empty.</summary>
    New,

    /// <summary>An earlier run in it is replaced.</summary>
    Overwrite,

    /// <summary>The run in it is continued, to the result it would have had without the interruption.</summary>
    Resume,
}
