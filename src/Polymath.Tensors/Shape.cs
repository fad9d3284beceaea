using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Polymath.Tensors;

/// <summary>The lengths of a tensor's axes, outermost first; rank 0 (a scalar) to <see cref="MaxRank"/>.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The largest supported rank.</summary>
    public const int MaxRank = 8;

    private readonly Axes _axes;
    private readonly int _rank;
    private readonly int _length;
    private readonly bool _set;

    /// <summary>A shape from axis lengths.</summary>
    /// <exception cref="TensorException">More than <see cref="MaxRank"/> axes, a negative length, or more than 2^31-1 elements.</exception>
    public Shape(params ReadOnlySpan<int> lengths)
    {
        if (lengths.Length > MaxRank) throw new TensorException($"Shape: found rank {lengths.Length}, expected at most {MaxRank}.");
        long length = 1;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 0) throw new TensorException($"Shape: axis {i} has length {lengths[i]}, expected zero or more.");
            _axes[i] = lengths[i];
            length *= lengths[i];
            if (length > int.MaxValue) throw new TensorException($"Shape: {Describe(lengths)} has more than {int.MaxValue} elements.");
        }

        _rank = lengths.Length;
        _length = (int)length;
        _set = true;
    }

    /// <summary>Number of axes.</summary>
    public int Rank => _rank;

    /// <summary>Number of elements (1 for a scalar).</summary>
    public int Length => _set ? _length : 1;

    /// <summary>The axis lengths.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> Axis => ((ReadOnlySpan<int>)_axes)[.._rank];

    /// <summary>Length of one axis; negative indices count from the end (-1 is the innermost).</summary>
    public int this[int axis] => _axes[Normalize(axis)];

    /// <summary>Turns -1 .. -rank into 0 .. rank-1.</summary>
    /// <exception cref="TensorException">The axis does not exist.</exception>
    public int Normalize(int axis)
    {
        int positive = axis < 0 ? axis + _rank : axis;
        if ((uint)positive >= (uint)_rank) throw new TensorException($"axis {axis} does not exist in shape {this}.");
        return positive;
    }

    /// <summary>The same shape with a new outermost axis.</summary>
    public Shape Prepend(int length)
    {
        Span<int> axes = stackalloc int[_rank + 1];
        axes[0] = length;
        Axis.CopyTo(axes[1..]);
        return new Shape(axes);
    }

    /// <summary>The same shape without its outermost axis.</summary>
    public Shape WithoutFirst() => new(Axis[1..]);

    /// <summary>The same shape with one axis replaced.</summary>
    public Shape With(int axis, int length)
    {
        Span<int> axes = stackalloc int[_rank];
        Axis.CopyTo(axes);
        axes[Normalize(axis)] = length;
        return new Shape(axes);
    }

    /// <summary>The same shape with one axis removed.</summary>
    public Shape Without(int axis)
    {
        int gone = Normalize(axis);
        Span<int> axes = stackalloc int[_rank - 1];
        Axis[..gone].CopyTo(axes);
        Axis[(gone + 1)..].CopyTo(axes[gone..]);
        return new Shape(axes);
    }

    /// <summary>Product of the axis lengths in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public int Product(int from, int to)
    {
        int product = 1;
        for (int i = from; i < to; i++) product *= _axes[i];
        return product;
    }

    /// <summary>The shape two operands broadcast to (trailing axes aligned, length 1 stretches).</summary>
    /// <exception cref="TensorException">The shapes do not broadcast; the message names the operation.</exception>
    public static Shape Broadcast(in Shape a, in Shape b, string operation)
    {
        if (a == b) return a;
        int rank = Math.Max(a._rank, b._rank);
        Span<int> axes = stackalloc int[rank];
        for (int i = 0; i < rank; i++)
        {
            int left = i < rank - a._rank ? 1 : a._axes[i - rank + a._rank];
            int right = i < rank - b._rank ? 1 : b._axes[i - rank + b._rank];
            if (left != right && left != 1 && right != 1) throw new TensorException($"{operation}: shapes {a} and {b} do not broadcast (axis {i - rank}: {left} against {right}).");
            axes[i] = left == 1 ? right : left;
        }

        return new Shape(axes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => _rank == other._rank && Axis.SequenceEqual(other.Axis);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int length in Axis) hash.Add(length);
        return hash.ToHashCode();
    }

    /// <summary>"[2, 3]"; "[]" for a scalar.</summary>
    public override string ToString() => Describe(Axis);

    /// <summary>Equal ranks and lengths.</summary>
    public static bool operator ==(in Shape left, in Shape right) => left.Equals(right);

    /// <summary>Different ranks or lengths.</summary>
    public static bool operator !=(in Shape left, in Shape right) => !left.Equals(right);

    private static string Describe(ReadOnlySpan<int> lengths)
    {
        var text = new StringBuilder("[");
        for (int i = 0; i < lengths.Length; i++) text.Append(i == 0 ? "" : ", ").Append(lengths[i].ToString(CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }

    [InlineArray(MaxRank)]
    private struct Axes
    {
        private int _first;
    }
}
