namespace Polymath.Boosting;

/// <summary>A tree made ready: passes of masks over 32 leaves each, or a walk.</summary>
/// <param name="Outputs">Values per leaf.</param>
/// <param name="Values">Where its leaf values begin: in the order of the bits of its passes, the highest first, or by leaf number for a walk.</param>
/// <param name="Passes">Number of passes; 0 for a tree that is walked.</param>
/// <param name="Start">Its first pass, or its root.</param>
internal readonly record struct CompiledTree(int Outputs, int Values, int Passes, int Start);
