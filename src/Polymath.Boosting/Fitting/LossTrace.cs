namespace Polymath.Boosting;

/// <summary>The mean loss after every iteration, and when a block should end.</summary>
internal sealed class LossTrace(BoostingObjective objective, ScoreState train, ScoreState? validation, int patience)
{
    private readonly List<BoostingIteration> _history = [];
    private BoostingBlock _block;
    private int _iterations, _best;
    private double _bestLoss;

    /// <summary>All iterations so far.</summary>
    public IReadOnlyList<BoostingIteration> History => _history;

    /// <summary>Whether the last iteration was the best of its block; always, when nothing stops early.</summary>
    public bool IsBest => !Stops || _best == _iterations;

    /// <summary>Whether patience has run out.</summary>
    public bool IsOver => Stops && _iterations - _best >= patience;

    private bool Stops => patience > 0 && validation is not null;

    /// <summary>Begins a block.</summary>
    public void Begin(BoostingBlock block)
    {
        (_block, _iterations, _best) = (block, 0, 0);
        if (!Stops) return;
        _bestLoss = Mean(validation!);
        Save();
    }

    /// <summary>Takes in the scores after an iteration.</summary>
    /// <returns>The mean training loss.</returns>
    public double Record()
    {
        double trained = Mean(train), held = validation is null ? double.NaN : Mean(validation);
        _history.Add(new BoostingIteration(_block, ++_iterations, trained, held));
        if (Stops && held < _bestLoss)
        {
            (_bestLoss, _best) = (held, _iterations);
            Save();
        }

        return trained;
    }

    /// <summary>Ends a block; scores go back to its best iteration.</summary>
    /// <returns>The number of iterations to keep.</returns>
    public int End()
    {
        if (!Stops) return _iterations;
        train.Restore();
        validation!.Restore();
        return _best;
    }

    /// <summary>Adds iterations of block 3, by the sums of the loss after each.</summary>
    public void AddTasks(ReadOnlySpan<double> trainSums, ReadOnlySpan<double> validationSums)
    {
        for (int iteration = 0; iteration < trainSums.Length; iteration++)
        {
            _history.Add(new BoostingIteration(BoostingBlock.Task, iteration + 1, trainSums[iteration] / train.Weight, validation is null ? double.NaN : validationSums[iteration] / validation.Weight));
        }
    }

    private double Mean(ScoreState state) => objective.Sum(state.Total, RowLabels.All(state.Data)) / state.Weight;

    private void Save()
    {
        train.Save();
        validation!.Save();
    }
}
