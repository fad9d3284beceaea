namespace Polymath.Boosting;

/// <summary>The scores of one unit of block 3, copied out of all scores: the rows of a task, or the outputs of a target.</summary>
internal sealed class UnitScores
{
    private readonly ScoreState _state;
    private readonly int _offset;

    private UnitScores(BoostingObjective objective, ScoreState state, RowLabels rows, int offset)
    {
        (Objective, _state, Rows, _offset) = (objective, state, rows, offset);
        Scores = new double[rows.Count * objective.Outputs];
        Copy(back: false);
    }

    /// <summary>The losses of the unit.</summary>
    public BoostingObjective Objective { get; }

    /// <summary>Its rows and labels.</summary>
    public RowLabels Rows { get; }

    /// <summary>Scores per row.</summary>
    public int Outputs => Objective.Outputs;

    /// <summary><c>[rows, Outputs]</c>.</summary>
    public double[] Scores { get; }

    /// <summary>The unit of a number.</summary>
    public static UnitScores Of(BoostingObjective objective, ScoreState state, int unit)
    {
        if (state.Data.Tasks is null) return new UnitScores(objective.Only(unit), state, RowLabels.Only(state.Data, unit), objective.Offsets[unit]);
        return new UnitScores(objective, state, RowLabels.All(state.Data).Slice(state.TaskStarts[unit], state.TaskStarts[unit + 1] - state.TaskStarts[unit]), 0);
    }

    /// <summary>Whether curvature differs from 1 anywhere.</summary>
    /// <param name="ones">Whether that of the loss counts as 1.</param>
    public bool NeedsCurvature(bool ones)
    {
        if (_state.Data.Weights is not null || !(ones || Objective.HasUnitCurvature)) return true;
        for (int target = 0; target < Objective.Losses.Count; target++)
        {
            if (Rows.Labels(target).Contains(float.NaN)) return true;
        }

        return false;
    }

    /// <summary>The summed loss.</summary>
    public double Sum() => Objective.Sum(Scores, Rows);

    /// <summary>Puts the scores back.</summary>
    public void Store() => Copy(back: true);

    private void Copy(bool back)
    {
        int width = Outputs;
        for (int row = 0; row < Rows.Count; row++)
        {
            Span<double> all = _state.Total.AsSpan(((Rows.Start + row) * _state.Outputs) + _offset, width), own = Scores.AsSpan(row * width, width);
            if (back) own.CopyTo(all);
            else all.CopyTo(own);
        }
    }
}
