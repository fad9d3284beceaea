using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>A model that can tell how its gates use the experts.</summary>
public interface IGatedModel
{
    /// <summary>The weights of every gate on some rows, computed in inference mode and without recording; the model is left as it was.</summary>
    /// <param name="batch">The rows; labels are not read.</param>
    IReadOnlyList<GateUse> GateWeights(Batch batch);
}
