namespace Polymath.Merging.Twin;

/// <summary>What one task has of its own.</summary>
/// <param name="Name">The task.</param>
/// <param name="Exclusive">What it adds to each merged tensor.</param>
/// <param name="Own">The tensors that are not merged, as in the task's model.</param>
public sealed record TwinTask(string Name, IReadOnlyDictionary<string, ExclusiveTensor> Exclusive, IReadOnlyDictionary<string, float[]> Own)
{
    /// <summary>Bytes of all of it.</summary>
    public long Bytes => Exclusive.Values.Sum(tensor => tensor.Bytes) + Own.Values.Sum(values => (long)sizeof(float) * values.Length);
}
