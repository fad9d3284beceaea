using System.Numerics.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tensors;

/// <summary>
/// The gradients of K losses with respect to the shared representation: the values that several tasks have in common and single tasks
/// read, such as the output of a shared bottom or of every expert. The K-fold sweep ends there; what a rule makes of it goes through the
/// trunk once (Sener and Koltun 2018, "Multi-Task Learning as Multi-Objective Optimization", section 3.3).
/// </summary>
/// <remarks>The representation is found by following the tape, so nobody declares it. A parameter that several tasks read directly is part of it.</remarks>
/// <example><code>
/// Tensor w = Tensor.FromArray([3f, 4f], 2).WithGradient();
/// var layout = new ParameterLayout([w], []);
/// using var tape = new Tape();
/// Tensor h = w * 2f;                                             // the representation
/// var at = new RepresentationGradients(2, layout);
/// tape.Backward([h.Sum(), (h * 3f).Sum()], at);                  // rows [1, 1] and [3, 3]
/// double[] gramian = new double[4];
/// at.Gramian(gramian);                                           // [2, 6, 6, 18]
/// var update = new TaskGradients(1, layout);
/// tape.Backward(at, [0.5, 0.5], update);                         // [4, 4]
/// </code></example>
public sealed unsafe class RepresentationGradients
{
    private readonly TaskGradients _own;
    private readonly List<(Node Node, Tensor Cotangent)> _parts = [];
    private readonly List<Tensor> _mixtures = [];
    private double[] _part = [];

    /// <summary>Room for the gradients of <paramref name="tasks"/> losses.</summary>
    /// <param name="tasks">K, at least 1.</param>
    /// <param name="layout">Where each parameter lies.</param>
    public RepresentationGradients(int tasks, ParameterLayout layout)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tasks);
        ArgumentNullException.ThrowIfNull(layout);
        (Tasks, Capacity) = (tasks, tasks);
        _own = TaskGradients.OfOwn(layout);
    }

    /// <summary>K, the number of losses.</summary>
    public int Tasks { get; private set; }

    /// <summary>The most losses there is room for.</summary>
    public int Capacity { get; }

    /// <summary>R, the floats of the representation of the last sweep: of one task's row.</summary>
    public int Count { get; private set; }

    /// <summary>The gradient of the parameters that a single task reaches, each from that task's loss.</summary>
    public Span<float> Own => _own.Own;

    internal TaskGradients Sink => _own;

    /// <summary>Uses fewer losses, for a step in which some tasks have no labels.</summary>
    /// <param name="tasks">K', in [1, <see cref="Capacity"/>].</param>
    public void Use(int tasks)
    {
        if (tasks < 1 || tasks > Capacity) throw new ArgumentOutOfRangeException(nameof(tasks), tasks, $"RepresentationGradients: expected 1 to {Capacity} losses.");
        Tasks = tasks;
    }

    /// <summary>Number of values that make up the representation of the last sweep.</summary>
    public int PartCount => _parts.Count;

    /// <summary>Multiplies the gradient of every single task's parameters by that task's factor.</summary>
    /// <param name="factors">[K], in the order of the losses.</param>
    public void ScaleOwn(ReadOnlySpan<double> factors) => _own.ScaleOwn(factors);

    /// <summary>Rows of the batch of one part; 1 for a parameter that several tasks read directly.</summary>
    /// <param name="part">In [0, <see cref="PartCount"/>).</param>
    public int BatchOf(int part) => _parts[part].Node.Op is null ? 1 : _parts[part].Node.Shape[0];

    /// <summary>The values of one part.</summary>
    /// <param name="part">In [0, <see cref="PartCount"/>).</param>
    public ReadOnlySpan<float> ValuesOf(int part) => new(_parts[part].Node.Pointer, _parts[part].Node.Shape.Length);

    /// <summary>[K, ...] the gradients at one part.</summary>
    /// <param name="part">In [0, <see cref="PartCount"/>).</param>
    public ReadOnlySpan<float> GradientsOf(int part) => _parts[part].Cotangent.Span;

    /// <summary>Where a rule that mixes the gradients element by element writes what is sent into the trunk at one part.</summary>
    /// <param name="part">In [0, <see cref="PartCount"/>).</param>
    public Span<float> MixtureOf(int part)
    {
        while (_mixtures.Count <= part) _mixtures.Add(default);
        if (_mixtures[part].IsEmpty) _mixtures[part] = new Tensor(Tensor.Allocate(_parts[part].Cotangent.Shape.With(0, 1)));
        return _mixtures[part].Span;
    }

    /// <summary>The inner products of the rows, in double precision.</summary>
    /// <param name="destination">[K, K] row-major, symmetric on return.</param>
    /// <param name="sumOverBatch">Sum every row over the rows of the batch first, as LibMTL does, instead of taking all elements.</param>
    public void Gramian(Span<double> destination, bool sumOverBatch = false)
    {
        if (destination.Length != Tasks * Tasks) throw new ArgumentException($"RepresentationGradients: the Gramian destination has {destination.Length} elements, expected {Tasks} x {Tasks}.", nameof(destination));
        destination.Clear();
        if (_part.Length < destination.Length) _part = new double[Capacity * Capacity];
        for (int p = 0; p < _parts.Count; p++)
        {
            Tensor cotangent = _parts[p].Cotangent;
            int length = cotangent.Shape.Length / Tasks;
            if (sumOverBatch && BatchOf(p) > 1)
            {
                cotangent = SumOverBatch(cotangent, Tasks, BatchOf(p));
                length = cotangent.Shape.Length / Tasks;
            }

            fixed (double* sums = _part) Reduce.Gramian(cotangent.Node.Pointer, Tasks, length, length, sums);
            for (int i = 0; i < destination.Length; i++) destination[i] += _part[i];
        }
    }

    internal void Begin()
    {
        _parts.Clear();
        _mixtures.Clear();
        Count = 0;
    }

    internal void Add(Node node, Tensor cotangent)
    {
        _parts.Add((node, cotangent));
        Count += cotangent.Shape.Length / Tasks;
    }

    internal Node NodeOf(int part) => _parts[part].Node;

    internal Tensor Mixture(int part) => _mixtures[part];

    /// <summary>Writes weights^T rows to <see cref="MixtureOf"/>.</summary>
    internal void Mix(int part, ReadOnlySpan<double> weights)
    {
        Tensor cotangent = _parts[part].Cotangent;
        int length = cotangent.Shape.Length / weights.Length;
        MixtureOf(part);
        Reduce.CombineRows(cotangent.Node.Pointer, weights, weights.Length, length, length, _mixtures[part].Node.Pointer);
    }

    private static Tensor SumOverBatch(Tensor cotangent, int tasks, int batch)
    {
        int features = cotangent.Shape.Length / (tasks * batch);
        Tensor sums = new(Tensor.Allocate(new Shape(tasks, features)));
        float* source = cotangent.Node.Pointer;
        for (int k = 0; k < tasks; k++)
        {
            var target = new Span<float>(sums.Node.Pointer + (k * features), features);
            target.Clear();
            for (int b = 0; b < batch; b++) TensorPrimitives.Add(target, new ReadOnlySpan<float>(source + ((((nint)k * batch) + b) * features), features), target);
        }

        return sums;
    }
}
