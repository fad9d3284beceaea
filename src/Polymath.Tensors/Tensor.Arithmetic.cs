using Polymath.Tensors.Kernels;
using Polymath.Tensors.Ops;

namespace Polymath.Tensors;

public readonly partial struct Tensor
{
    /// <summary>Element-wise sum with broadcasting.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => Arithmetic.Apply(Ops.Add.Rule, BinaryKind.Add, left, right);

    /// <summary>Element-wise difference with broadcasting.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => Arithmetic.Apply(Ops.Subtract.Rule, BinaryKind.Subtract, left, right);

    /// <summary>Element-wise product with broadcasting.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => Arithmetic.Apply(Ops.Multiply.Rule, BinaryKind.Multiply, left, right);

    /// <summary>Element-wise quotient with broadcasting.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => Arithmetic.Apply(Ops.Divide.Rule, BinaryKind.Divide, left, right);

    /// <summary>Adds a number to every element.</summary>
    public static Tensor operator +(Tensor left, float right) => Affine.Forward(left, 1f, right);

    /// <summary>Adds a number to every element.</summary>
    public static Tensor operator +(float left, Tensor right) => Affine.Forward(right, 1f, left);

    /// <summary>Subtracts a number from every element.</summary>
    public static Tensor operator -(Tensor left, float right) => Affine.Forward(left, 1f, -right);

    /// <summary>A number minus every element.</summary>
    public static Tensor operator -(float left, Tensor right) => Affine.Forward(right, -1f, left);

    /// <summary>Scales every element.</summary>
    public static Tensor operator *(Tensor left, float right) => Affine.Forward(left, right, 0f);

    /// <summary>Scales every element.</summary>
    public static Tensor operator *(float left, Tensor right) => Affine.Forward(right, left, 0f);

    /// <summary>Divides every element by a number.</summary>
    public static Tensor operator /(Tensor left, float right) => left / Scalar(right);

    /// <summary>A number divided by every element.</summary>
    public static Tensor operator /(float left, Tensor right) => Scalar(left) / right;

    /// <summary>The negative of every element.</summary>
    public static Tensor operator -(Tensor value) => Affine.Forward(value, -1f, 0f);

    /// <summary>The larger of two tensors, element-wise with broadcasting; the gradient is halved on ties.</summary>
    public static Tensor Maximum(Tensor left, Tensor right) => Arithmetic.Apply(Ops.Maximum.Rule, BinaryKind.Maximum, left, right);

    /// <summary>The smaller of two tensors, element-wise with broadcasting; the gradient is halved on ties.</summary>
    public static Tensor Minimum(Tensor left, Tensor right) => Arithmetic.Apply(Ops.Minimum.Rule, BinaryKind.Minimum, left, right);

    /// <summary><paramref name="whenTrue"/> where <paramref name="mask"/> is not zero, else <paramref name="whenFalse"/>; all broadcast.</summary>
    public static Tensor Where(Tensor mask, Tensor whenTrue, Tensor whenFalse) => Ops.Where.Forward(mask, whenTrue, whenFalse);

    /// <summary>1 where equal, else 0. Comparisons have no gradient.</summary>
    public Tensor EqualTo(Tensor other) => Arithmetic.Compare("EqualTo", BinaryKind.Equal, this, other);

    /// <summary>1 where less, else 0.</summary>
    public Tensor LessThan(Tensor other) => Arithmetic.Compare("LessThan", BinaryKind.Less, this, other);

    /// <summary>1 where less or equal, else 0.</summary>
    public Tensor LessOrEqual(Tensor other) => Arithmetic.Compare("LessOrEqual", BinaryKind.LessOrEqual, this, other);

    /// <summary>1 where greater, else 0.</summary>
    public Tensor GreaterThan(Tensor other) => Arithmetic.Compare("GreaterThan", BinaryKind.Greater, this, other);

    /// <summary>1 where greater or equal, else 0.</summary>
    public Tensor GreaterOrEqual(Tensor other) => Arithmetic.Compare("GreaterOrEqual", BinaryKind.GreaterOrEqual, this, other);

    /// <summary>1 where greater than a number, else 0.</summary>
    public Tensor GreaterThan(float other) => GreaterThan(Scalar(other));

    /// <summary>1 where less than a number, else 0.</summary>
    public Tensor LessThan(float other) => LessThan(Scalar(other));
}
