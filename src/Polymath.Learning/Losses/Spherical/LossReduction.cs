namespace Polymath.Learning.Losses;

/// <summary>How the losses of a batch's rows become its loss.</summary>
public enum LossReduction
{
    /// <summary>Their mean over the observed rows.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They stay one per row.</summary>
    None,
}
