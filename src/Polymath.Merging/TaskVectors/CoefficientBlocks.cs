namespace Polymath.Merging.TaskVectors;

/// <summary>How a <see cref="CoefficientGranularity"/> divides the tensors of one base: which coefficient of a task vector each element is scaled by.</summary>
internal sealed class CoefficientBlocks
{
    /// <param name="names">The blocks, in the order of the coefficients.</param>
    /// <param name="first">Per tensor the block of all its elements, or the first of its parts; -1 when the tensor stays as the base has it.</param>
    /// <param name="maps">Per tensor the part of each element, or null when the tensor is whole.</param>
    /// <param name="parts">Parts of a divided tensor; 1 without any.</param>
    public CoefficientBlocks(string[] names, int[] first, int[]?[] maps, int parts = 1) => (Names, First, Maps, Parts) = (names, first, maps, parts);

    public string[] Names { get; }

    public int[] First { get; }

    public int[]?[] Maps { get; }

    public int Parts { get; }
}
