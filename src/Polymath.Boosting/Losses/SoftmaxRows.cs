using System.Runtime.Intrinsics;

namespace Polymath.Boosting;

/// <summary>
/// Softmax of up to eight rows at a time. The rows are laid class by class, so that a register holds the same class of eight rows and
/// exponentials fill it whatever the number of classes is.
/// </summary>
internal readonly ref struct SoftmaxRows
{
    /// <summary>Rows at a time.</summary>
    public const int Lanes = 8;

    /// <summary>Most classes whose room a caller should take from the stack.</summary>
    public const int OnStack = 64;

    private const double LeastCurvature = 1e-16;
    private readonly int _classes;
    private readonly Span<double> _byClass;

    /// <summary>Rows in <paramref name="room"/>, or in an array where it is too small.</summary>
    public SoftmaxRows(int classes, Span<double> room)
    {
        _classes = classes;
        _byClass = room.Length >= Room(classes) ? room : new double[Room(classes)];
    }

    /// <summary>How much room a number of classes needs.</summary>
    public static int Room(int classes) => classes * Lanes;

    /// <summary>Takes in scores, <c>[at most 8, classes]</c>.</summary>
    public void Load(ReadOnlySpan<double> scores)
    {
        for (int c = 0; c < _classes; c++)
        {
            Span<double> lanes = _byClass.Slice(c * Lanes, Lanes);
            int at = c, lane = 0;
            for (; at < scores.Length; at += _classes) lanes[lane++] = scores[at];
            lanes[lane..].Clear();
        }
    }

    /// <summary>log sum_c exp F_c of each row.</summary>
    public void LogSums(Span<double> sums)
    {
        Vector512<double> largest = Largest(), sum = default;
        for (int c = 0; c < _classes; c++) sum += Vector512.Exp(Class(c) - largest);
        (largest + Vector512.Log(sum)).CopyTo(sums);
    }

    /// <summary>Scores to probabilities.</summary>
    public void Normalise()
    {
        if (_classes == 2)
        {
            // One exponential does for both: p of the larger score is 1 / (1 + e), of the other e / (1 + e), with e = exp(-|F_1 - F_0|).
            Vector512<double> difference = Class(1) - Class(0), odds = Vector512.Exp(-Vector512.Abs(difference)), likely = Vector512<double>.One / (Vector512<double>.One + odds), rare = odds * likely;
            Vector512<double> first = Vector512.LessThanOrEqual(difference, Vector512<double>.Zero);
            Vector512.ConditionalSelect(first, likely, rare).CopyTo(_byClass);
            Vector512.ConditionalSelect(first, rare, likely).CopyTo(_byClass[Lanes..]);
            return;
        }

        Vector512<double> largest = Largest(), sum = default;
        for (int c = 0; c < _classes; c++)
        {
            Vector512<double> exponential = Vector512.Exp(Class(c) - largest);
            exponential.CopyTo(_byClass[(c * Lanes)..]);
            sum += exponential;
        }

        Vector512<double> factor = Vector512<double>.One / sum;
        for (int c = 0; c < _classes; c++) (Class(c) * factor).CopyTo(_byClass[(c * Lanes)..]);
    }

    /// <summary>The probabilities, <c>[at most 8, classes]</c>.</summary>
    public void Store(Span<double> probabilities)
    {
        for (int c = 0; c < _classes; c++)
        {
            ReadOnlySpan<double> lanes = _byClass.Slice(c * Lanes, Lanes);
            int lane = 0;
            for (int at = c; at < probabilities.Length; at += _classes) probabilities[at] = lanes[lane++];
        }
    }

    /// <summary>K/(K-1) p (1-p), <c>[at most 8, classes]</c>.</summary>
    public void StoreCurvature(Span<double> curvature)
    {
        Vector512<double> factor = Vector512.Create(_classes / (_classes - 1.0));
        Span<double> lanes = stackalloc double[Lanes];
        for (int c = 0; c < _classes; c++)
        {
            Vector512<double> probability = Class(c);
            Vector512.Max(factor * probability * (Vector512<double>.One - probability), Vector512.Create(LeastCurvature)).CopyTo(lanes);
            int lane = 0;
            for (int at = c; at < curvature.Length; at += _classes) curvature[at] = lanes[lane++];
        }
    }

    private Vector512<double> Class(int c) => Vector512.Create<double>(_byClass.Slice(c * Lanes, Lanes));

    private Vector512<double> Largest()
    {
        Vector512<double> largest = Class(0);
        for (int c = 1; c < _classes; c++) largest = Vector512.Max(largest, Class(c));
        return largest;
    }
}
