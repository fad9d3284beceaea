using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>
/// Gradient descent on the coefficients of a <see cref="TaskVectorSpace"/>: map, compose, forward, one backward sweep, inner products, chain rule,
/// clip, optimiser step. A step allocates nothing.
/// </summary>
internal sealed class CoefficientDescent : IDisposable
{
    private readonly TaskVectorSpace _space;
    private readonly CoefficientMap _map;
    private readonly Optimizer _optimizer;
    private readonly ICoefficientLoss _objective;
    private readonly Tape _tape = new();
    private readonly Tensor[] _losses;
    private readonly double[] _weights;
    private readonly float[] _coefficientGradient, _gradient;

    /// <param name="space">Where to move.</param>
    /// <param name="map">From trained values to coefficients.</param>
    /// <param name="optimizer">Takes the steps.</param>
    /// <param name="objective">What to lower.</param>
    /// <param name="start">The trained values to start from; taken over.</param>
    public CoefficientDescent(TaskVectorSpace space, CoefficientMap map, Optimizer optimizer, ICoefficientLoss objective, float[] start)
    {
        (_space, _map, _optimizer, _objective, Trained) = (space, map, optimizer, objective, start);
        _losses = new Tensor[objective.Count];
        _weights = new double[objective.Count];
        Coefficients = new float[space.Count];
        _coefficientGradient = new float[space.Count];
        _gradient = new float[start.Length];
        _map.Forward(Trained, Coefficients);
        _optimizer.Prepare(start.Length);
    }

    /// <summary>The trained values.</summary>
    public float[] Trained { get; }

    /// <summary>The coefficients that they give.</summary>
    public float[] Coefficients { get; }

    /// <summary>The largest norm of a gradient; null not to clip.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Adds a penalty's value and gradient with respect to the trained values.</summary>
    public CoefficientPenalty? Penalty { get; init; }

    /// <summary>Which coefficients are learned; the others keep their value. Null for all.</summary>
    public bool[]? Active { get; init; }

    /// <summary>Told about each step.</summary>
    public CoefficientStepObserver? Observer { get; init; }

    /// <summary>Takes a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="rateFactor">What the schedule multiplies the learning rate by.</param>
    /// <returns>The loss before it, or null when there was nothing to learn from and no step was taken.</returns>
    /// <exception cref="MergeException">A loss or a coefficient is not finite.</exception>
    public double? Step(int step, double rateFactor = 1)
    {
        if (Gradient(step) is not { } loss) return null;
        double norm = GradientClipping.Norm(_gradient);
        if (!double.IsFinite(norm)) throw new MergeException($"step {step + 1}: the gradient of the coefficients is not finite, expected finite numbers; lower the learning rate.");
        _optimizer.Step(Trained, _gradient, rateFactor, ClipNorm is { } largest ? GradientClipping.Factor(norm, largest) : 1);
        _map.Project(Trained);
        foreach (float value in Trained)
        {
            if (!float.IsFinite(value)) throw new MergeException($"step {step + 1}: a coefficient became {value}, expected finite numbers; lower the learning rate.");
        }

        _map.Forward(Trained, Coefficients);
        Observer?.Invoke(new CoefficientStep(step + 1, loss, _gradient, norm, Trained, Coefficients));
        return loss;
    }

    /// <summary>The loss at the present coefficients; its gradient with respect to them is in <see cref="CoefficientGradient"/>.</summary>
    public double? Gradient(int step)
    {
        _space.Compose(Coefficients);
        Array.Fill(_weights, 1);
        int count = _objective.Record(step, _losses, _weights);
        if (count == 0)
        {
            _tape.Reset();
            return null;
        }

        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            if (_losses[i].Shape.Length != 1) throw new MergeException($"{_objective.Describe(i)}: found a loss of shape {_losses[i].Shape}, expected one element.");
            double value = _losses[i].Item();
            if (!double.IsFinite(value)) throw new MergeException($"{_objective.Describe(i)}: the loss is {value} at step {step + 1}, expected a finite number; lower the learning rate or look at its inputs.");
            loss += _weights[i] * value;
        }

        _space.Gradient(_tape, _losses.AsSpan(0, count), _weights.AsSpan(0, count), _coefficientGradient);
        _tape.Reset();
        for (int i = 0; Active is not null && i < Active.Length; i++)
        {
            if (!Active[i]) _coefficientGradient[i] = 0f;
        }

        _map.Pullback(Trained, _coefficientGradient, _gradient);
        return loss + (Penalty?.Invoke(Trained, _gradient) ?? 0);
    }

    /// <summary>The gradient of the coefficients at the last step.</summary>
    public ReadOnlySpan<float> CoefficientGradient => _coefficientGradient;

    /// <inheritdoc/>
    public void Dispose() => _tape.Dispose();
}
