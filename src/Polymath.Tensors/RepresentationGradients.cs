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

    /// <summary>The inner products of the rows, in double precision.</summary>
    /// <param name="destination">[K, K] row-major, symmetric on return.</param>
    public void Gramian(Span<double> destination)
    {
        if (destination.Length != Tasks * Tasks) throw new ArgumentException($"RepresentationGradients: the Gramian destination has {destination.Length} elements, expected {Tasks} x {Tasks}.", nameof(destination));
        destination.Clear();
        if (_part.Length < destination.Length) _part = new double[Capacity * Capacity];
        foreach ((_, Tensor cotangent) in _parts)
        {
            int length = cotangent.Shape.Length / Tasks;
            fixed (double* sums = _part) Reduce.Gramian(cotangent.Node.Pointer, Tasks, length, length, sums);
            for (int i = 0; i < destination.Length; i++) destination[i] += _part[i];
        }
    }

    internal void Begin()
    {
        _parts.Clear();
        Count = 0;
    }

    internal void Add(Node node, Tensor cotangent)
    {
        _parts.Add((node, cotangent));
        Count += cotangent.Shape.Length / Tasks;
    }

    internal List<(Node Node, Tensor Cotangent)> Parts => _parts;

    /// <summary>weights^T rows at one of the parts, <c>[1, ...]</c>, in scratch memory of the tape.</summary>
    internal static Tensor Combine(Tensor cotangent, ReadOnlySpan<double> weights)
    {
        int length = cotangent.Shape.Length / weights.Length;
        Tensor combined = new(Tensor.Allocate(cotangent.Shape.With(0, 1)));
        Reduce.CombineRows(cotangent.Node.Pointer, weights, weights.Length, length, length, combined.Node.Pointer);
        return combined;
    }
}
