namespace Polymath.Tensors;

/// <summary>Where a sweep leaves the gradients of the parameters it reaches.</summary>
internal interface IGradientSink
{
    /// <summary>Whether a leaf's gradient is wanted.</summary>
    bool Holds(Node leaf);

    /// <summary>
    /// Whether a leaf's gradient must come complete, all contributions summed, in one call of <see cref="Accumulate"/>; otherwise every
    /// contribution is added where <see cref="Place"/> says.
    /// </summary>
    bool WantsWhole(Node leaf);

    /// <summary>Where a leaf's gradient goes for the rows from <paramref name="first"/> on.</summary>
    ParameterPlace Place(Node leaf, RowSet rows, int first);

    /// <summary>Takes a leaf's stacked gradient <c>[rows, ...leaf shape]</c>.</summary>
    void Accumulate(Node leaf, RowSet rows, Tensor gradient);

    /// <summary>Starts a sweep.</summary>
    void Begin();

    /// <summary>Ends it.</summary>
    void End();
}
