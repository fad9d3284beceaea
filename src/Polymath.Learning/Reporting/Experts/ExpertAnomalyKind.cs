namespace Polymath.Learning.Reporting;

/// <summary>The three failures of experts (Wang et al. 2025, section 1).</summary>
public enum ExpertAnomalyKind
{
    /// <summary>
    /// An expert's output is of no use: 90 % or more of it is zero, more than half of its units are dead, or its standard deviation is less than a
    /// tenth of the largest one of its level, so that gates cannot compare it with the others.
    /// </summary>
    Collapse,

    /// <summary>
    /// An expert that several tasks (or groups) can use works for one: its share of the weight that they give the expert is more than half of the
    /// way from an equal share 1/C to all of it, (1 + 1/C) / 2.
    /// </summary>
    Degradation,

    /// <summary>A task (or group) neglects its own experts: they get less than a quarter of what equal weights would give them, counting its self gate.</summary>
    UnderFitting,
}
