namespace Polymath.Reproductions.AdaptiveMerging;

/// <summary>How good the merged model is from which adaptation starts.</summary>
internal enum StartKind
{
    /// <summary>Well pre-trained, the experts near to it: the premise of the claim.</summary>
    Good,

    /// <summary>Well pre-trained, but the experts so far from it that their sum is poor.</summary>
    Spoilt,

    /// <summary>Hardly pre-trained.</summary>
    Weak,
}
