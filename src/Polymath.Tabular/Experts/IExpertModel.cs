using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>A model of experts and gates that can be looked into: what <see cref="ExpertDiagnostics"/> reads.</summary>
public interface IExpertModel : IGatedModel
{
    /// <summary>
    /// The outputs of every expert and the weights of every gate on some rows, computed in inference mode and without recording; the model is left
    /// as it was. The name of every expert of a level occurs once, and gates name experts of their level.
    /// </summary>
    /// <param name="batch">The rows; labels are not read.</param>
    ExpertActivity Activity(Batch batch);
}
