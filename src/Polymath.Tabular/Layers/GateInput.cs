namespace Polymath.Tabular;

/// <summary>What the gates of <see cref="HoME"/> read.</summary>
public enum GateInput
{
    /// <summary>The input as it is, at the task level that of the group and the shared one side by side (the paper).</summary>
    Raw,

    /// <summary>The views that the feature gates make (one public port).</summary>
    Gated,
}
