using System.Numerics.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>
/// What fine-tuning changed: tau = theta_tuned - theta_0, tensor by tensor (Ilharco et al., "Editing Models with Task Arithmetic", ICLR 2023).
/// Vectors of one base can be added, subtracted and scaled.
/// </summary>
/// <example><code>
/// TaskVector both = TaskVector.From(theta0, translator) + TaskVector.From(theta0, summarizer);
/// ModelState merged = (both * 0.4f).ApplyTo(theta0);
/// </code></example>
public sealed class TaskVector
{
    /// <summary>A task vector of given differences.</summary>
    /// <param name="values">The differences, in the order of the base.</param>
    public TaskVector(ModelState values) => Values = values ?? throw new ArgumentNullException(nameof(values));

    /// <summary>The differences, in the order of the base.</summary>
    public ModelState Values { get; }

    /// <summary>The difference of a tuned model to its base.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="tuned">The tuned model; its tensors may stand in another order.</param>
    /// <exception cref="MergeException">Names or shapes differ.</exception>
    public static TaskVector From(ModelState theta0, ModelState tuned)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(tuned);
        theta0.RequireSameLayout(tuned, "the tuned model");
        return new(theta0.Map((i, values) =>
        {
            float[] difference = new float[values.Length];
            TensorPrimitives.Subtract(tuned[theta0.Names[i]], values, difference);
            return difference;
        }));
    }

    /// <summary>The sum of two vectors of one base.</summary>
    public static TaskVector operator +(TaskVector left, TaskVector right) => Combine(left, right, 1f);

    /// <summary>The difference of two vectors of one base.</summary>
    public static TaskVector operator -(TaskVector left, TaskVector right) => Combine(left, right, -1f);

    /// <summary>The vector that undoes this one: subtracting a skill.</summary>
    public static TaskVector operator -(TaskVector vector) => vector * -1f;

    /// <summary>A scaled vector.</summary>
    public static TaskVector operator *(TaskVector vector, float scale)
    {
        ArgumentNullException.ThrowIfNull(vector);
        return new(vector.Values.Map((_, values) =>
        {
            float[] scaled = new float[values.Length];
            TensorPrimitives.Multiply(values, scale, scaled);
            return scaled;
        }));
    }

    /// <summary>A scaled vector.</summary>
    public static TaskVector operator *(float scale, TaskVector vector) => vector * scale;

    /// <summary>The sum of vectors of one base.</summary>
    /// <param name="vectors">One vector or more.</param>
    public static TaskVector Sum(IReadOnlyList<TaskVector> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0) throw new MergeException("there are no task vectors to sum, expected one or more.");
        return vectors.Skip(1).Aggregate(vectors[0], static (sum, vector) => sum + vector);
    }

    /// <summary>theta_0 + scale tau.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="scale">What the vector is multiplied by.</param>
    /// <exception cref="MergeException">Names or shapes differ.</exception>
    public ModelState ApplyTo(ModelState theta0, float scale = 1f)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        theta0.RequireSameLayout(Values, "the task vector");
        return theta0.Map((i, values) =>
        {
            float[] moved = new float[values.Length];
            TensorPrimitives.MultiplyAdd(Values[theta0.Names[i]], scale, values, moved);
            return moved;
        });
    }

    /// <summary>The inner product with another vector of the same base, summed in double precision.</summary>
    public double Dot(TaskVector other)
    {
        ArgumentNullException.ThrowIfNull(other);
        double sum = 0;
        for (int i = 0; i < Values.Count; i++)
        {
            Span<float> left = Values[i], right = other.Values[Values.Names[i]];
            for (int j = 0; j < left.Length; j++) sum += (double)left[j] * right[j];
        }

        return sum;
    }

    /// <summary>The Euclidean norm over all tensors.</summary>
    public double Norm => Math.Sqrt(Dot(this));

    /// <summary>The cosine of the angle to another vector, in [-1, 1]; 0 when either is zero.</summary>
    public double Cosine(TaskVector other)
    {
        ArgumentNullException.ThrowIfNull(other);
        double norms = Norm * other.Norm;
        return norms == 0 ? 0 : Math.Clamp(Dot(other) / norms, -1, 1);
    }

    private static TaskVector Combine(TaskVector left, TaskVector right, float sign)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        left.Values.RequireSameLayout(right.Values, "the other task vector");
        return new(left.Values.Map((i, values) =>
        {
            float[] sum = new float[values.Length];
            TensorPrimitives.MultiplyAdd(right.Values[left.Values.Names[i]], sign, values, sum);
            return sum;
        }));
    }
}
