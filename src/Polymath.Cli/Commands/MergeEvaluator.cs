namespace Polymath.Cli;

/// <summary>Scores a merged model for a search.</summary>
internal abstract class MergeEvaluator
{
    /// <summary>What the score depends on, for the memory of an interrupted search.</summary>
    public abstract string Identity { get; }

    /// <summary>The score of a model.</summary>
    /// <param name="model">The folder or file of the merged model.</param>
    /// <param name="cancellation">Ends the evaluation.</param>
    public abstract double Score(string model, CancellationToken cancellation);
}
