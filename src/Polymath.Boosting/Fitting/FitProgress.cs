namespace Polymath.Boosting;

/// <summary>Counts trees and tells the caller; may be called from several threads.</summary>
internal sealed class FitProgress(Action<BoostingProgress>? told, BoostingOptions options, int units)
{
    private readonly Lock _gate = new();
    private long _done;

    /// <summary>One more iteration of a block.</summary>
    public void Report(BoostingBlock block, double loss)
    {
        if (told is null) return;
        lock (_gate)
        {
            _done += block == BoostingBlock.Robust ? 2 : 1;
            told(new BoostingProgress(block, _done, options.SharedIterations + (2L * options.RobustIterations) + ((long)options.TaskIterations * units), loss));
        }
    }
}
