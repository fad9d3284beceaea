namespace Polymath.Learning.Balancing;

/// <summary>Where a rule that keeps or drops values at random gets its draws from; injected to replay recorded ones.</summary>
public interface IUniformSource
{
    /// <summary>Writes draws from the uniform distribution on [0, 1).</summary>
    /// <param name="destination">One draw per feature.</param>
    void Fill(Span<float> destination);
}
