using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Polymath.Boosting;

/// <summary>
/// The one loop over rows of every loss with one score. Eight rows go through the same arithmetic at every position, the last few padded
/// with unobserved rows, so that a row's derivatives do not depend on where it lies.
/// </summary>
internal static class ScoreLoop
{
    private static int Lanes => Vector512<double>.Count;

    /// <summary>Sum of weight times loss over observed rows.</summary>
    public static double Sum<TRule>(TRule rule, ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
        where TRule : struct, IScoreRule
    {
        Vector512<double> sum = default;
        int row = 0;
        for (; row + Lanes <= labels.Length; row += Lanes) sum += Value(rule, scores[row..], labels[row..], weights.IsEmpty ? weights : weights[row..]);
        if (row < labels.Length)
        {
            Span<double> lastScores = stackalloc double[Lanes];
            Span<float> lastLabels = stackalloc float[Lanes], lastWeights = stackalloc float[Lanes];
            Pad(scores[row..], 0, lastScores);
            Pad(labels[row..], float.NaN, lastLabels);
            if (!weights.IsEmpty) Pad(weights[row..], 0, lastWeights);
            sum += Value(rule, lastScores, lastLabels, weights.IsEmpty ? default : lastWeights);
        }

        return Vector512.Sum(sum);
    }

    /// <summary>First and second derivatives; 0 where a label is unobserved.</summary>
    public static void Differentiate<TRule>(TRule rule, ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature)
        where TRule : struct, IScoreRule
    {
        int row = 0;
        for (; row + Lanes <= labels.Length; row += Lanes)
        {
            Slope(rule, scores[row..], labels[row..], out Vector512<double> first, out Vector512<double> second);
            first.CopyTo(gradient[row..]);
            if (!curvature.IsEmpty) second.CopyTo(curvature[row..]);
        }

        if (row == labels.Length) return;
        Span<double> lastScores = stackalloc double[Lanes], last = stackalloc double[Lanes];
        Span<float> lastLabels = stackalloc float[Lanes];
        Pad(scores[row..], 0, lastScores);
        Pad(labels[row..], float.NaN, lastLabels);
        Slope(rule, lastScores, lastLabels, out Vector512<double> lastFirst, out Vector512<double> lastSecond);
        lastFirst.CopyTo(last);
        last[..(labels.Length - row)].CopyTo(gradient[row..]);
        if (curvature.IsEmpty) return;
        lastSecond.CopyTo(last);
        last[..(labels.Length - row)].CopyTo(curvature[row..]);
    }

    /// <summary>Scores to predictions, in place.</summary>
    public static void Link<TRule>(TRule rule, Span<double> scores)
        where TRule : struct, IScoreRule
    {
        int row = 0;
        for (; row + Lanes <= scores.Length; row += Lanes) rule.Link(Vector512.Create<double>(scores[row..])).CopyTo(scores[row..]);
        if (row == scores.Length) return;
        Span<double> last = stackalloc double[Lanes];
        Pad(scores[row..], 0, last);
        rule.Link(Vector512.Create<double>(last)).CopyTo(last);
        last[..(scores.Length - row)].CopyTo(scores[row..]);
    }

    /// <summary>Eight floats as doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Widen(ReadOnlySpan<float> values)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Create(values));
        return Vector512.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Value<TRule>(TRule rule, ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
        where TRule : struct, IScoreRule
    {
        Vector512<double> label = Widen(labels), observed = Vector512.Equals(label, label), value = rule.Value(Vector512.Create(scores), label & observed);
        return (weights.IsEmpty ? value : value * Widen(weights)) & observed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slope<TRule>(TRule rule, ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, out Vector512<double> first, out Vector512<double> second)
        where TRule : struct, IScoreRule
    {
        Vector512<double> label = Widen(labels), observed = Vector512.Equals(label, label);
        first = rule.Slope(Vector512.Create(scores), label & observed, out second) & observed;
        second &= observed;
    }

    private static void Pad<T>(ReadOnlySpan<T> few, T padding, Span<T> register)
    {
        few.CopyTo(register);
        register[few.Length..].Fill(padding);
    }
}
