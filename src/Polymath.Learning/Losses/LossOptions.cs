namespace Polymath.Learning.Losses;

/// <summary>Checks of constructor arguments that several losses share.</summary>
internal static class LossOptions
{
    public static void RequirePositive(float value, string name)
    {
        if (!(value > 0f) || !float.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, "expected a finite number more than 0.");
    }

    public static void RequireNotNegative(float value, string name)
    {
        if (!(value >= 0f) || !float.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, "expected a finite number of 0 or more.");
    }

    public static void RequireSmoothing(float value, string name)
    {
        if (value is not (>= 0f and < 1f)) throw new ArgumentOutOfRangeException(name, value, "expected label smoothing in [0, 1).");
    }

    /// <summary>A copy of class weights; at least one has to be positive.</summary>
    public static float[] CopyWeights(ReadOnlySpan<float> weights, string name)
    {
        bool any = weights.IsEmpty;
        foreach (float weight in weights)
        {
            RequireNotNegative(weight, name);
            any |= weight > 0f;
        }

        return any ? weights.ToArray() : throw new ArgumentException("every class weight is 0, expected one that is more.", name);
    }

    /// <summary>Whether a label is a class number below <paramref name="classes"/>.</summary>
    public static bool IsClass(float label, int classes) => label >= 0f && label < classes && label == MathF.Floor(label);
}
