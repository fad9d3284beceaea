namespace Polymath.Learning.Balancing;

/// <summary>Where a rule that weighs tasks at random gets its draws from; injected to replay recorded ones.</summary>
public interface INormalSource
{
    /// <summary>Writes one standard normal draw per task present.</summary>
    /// <param name="draws">[K'].</param>
    void Fill(Span<double> draws);
}
