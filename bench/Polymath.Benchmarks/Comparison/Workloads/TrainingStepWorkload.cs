using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>One task: forward, loss, backward, Adam.</summary>
internal sealed class TrainingStepWorkload : Workload
{
    private readonly HeadedMlp _network;
    private readonly Tensor[] _loss = new Tensor[1];
    private readonly double[] _weight = [1];
    private readonly Tensor _parameters;
    private readonly TaskGradients _gradient;
    private readonly Adam _optimizer = new();
    private readonly Tape _tape;

    public TrainingStepWorkload(MlpSize size)
    {
        _network = new HeadedMlp(size, tasks: 1);
        ParameterLayout layout = _network.Layout();
        _parameters = layout.Pack();
        _gradient = new TaskGradients(layout);
        _optimizer.Prepare(layout.Count);
        _tape = new Tape();
    }

    public override void Run()
    {
        _tape.Reset();
        _network.Losses(_loss);
        _tape.Backward(_loss, _weight, _gradient);
        _optimizer.Step(_parameters.Span, _gradient.Flat);
    }

    public override void Dispose() => _tape.Dispose();
}
