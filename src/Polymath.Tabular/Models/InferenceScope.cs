using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>Inference mode without recording, on a tape of its own; the model's mode comes back at the end.</summary>
internal readonly ref struct InferenceScope : IDisposable
{
    private readonly Module _module;
    private readonly bool _wasTraining;
    private readonly Tape _tape;
    private readonly Tape.NoGradientScope _silence;

    public InferenceScope(Module module)
    {
        _module = module;
        _wasTraining = module.Training;
        _tape = new Tape();
        _silence = Tape.NoGradient();
        module.Evaluate();
    }

    public void Dispose()
    {
        if (_wasTraining) _module.Train();
        _silence.Dispose();
        _tape.Dispose();
    }
}
