namespace Polymath.Tensors;

/// <summary>A run of gradient rows of one parameter: where the first lies, how far apart they are, and whether there is a value to add to.</summary>
/// <param name="Pointer">The parameter's first element in the first row.</param>
/// <param name="Stride">Floats from one row to the next.</param>
/// <param name="Rows">Rows of the run, at least 1.</param>
/// <param name="Accumulate">False when this is the first contribution of the sweep: what is there is to be overwritten.</param>
internal readonly unsafe record struct ParameterPlace(nint Pointer, nint Stride, int Rows, bool Accumulate)
{
    /// <summary>The first row.</summary>
    public float* First => (float*)Pointer;
}
