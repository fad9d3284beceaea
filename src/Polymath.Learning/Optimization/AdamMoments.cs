using System.Numerics;

namespace Polymath.Learning.Optimization;

/// <summary>The two moments of Adam and the step they give; bias corrections in double precision, the rest in the order torch computes it.</summary>
internal sealed class AdamMoments
{
    private float[] _first = [], _second = [];

    public AdamMoments(double beta1, double beta2, double epsilon)
    {
        if (!(epsilon > 0) || !double.IsFinite(epsilon)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected a finite number more than 0.");
        (Beta1, Beta2, Epsilon) = (beta1, beta2, epsilon);
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double Epsilon { get; }

    public IEnumerable<(string Name, float[] Values)> State => [("first_moment", _first), ("second_moment", _second)];

    public void Allocate(int count)
    {
        _first = new float[count];
        _second = new float[count];
    }

    public void Update(Span<float> parameters, ReadOnlySpan<float> gradients, int start, long step, double rate, float scale, double addedDecay, double keptShare)
    {
        var rule = new Rule
        {
            Decay = (float)addedDecay,
            Kept = (float)keptShare,
            Fresh1 = (float)(1 - Beta1),
            Beta2 = (float)Beta2,
            Fresh2 = (float)(1 - Beta2),
            RootCorrection = (float)Math.Sqrt(1 - Math.Pow(Beta2, step)),
            Epsilon = (float)Epsilon,
            Rate = (float)(rate / (1 - Math.Pow(Beta1, step))),
        };
        UpdateLoop.Run(rule, scale, parameters, gradients, _first.AsSpan(start, parameters.Length), _second.AsSpan(start, parameters.Length));
    }

    private struct Rule : IUpdateRule
    {
        public float Decay, Kept, Fresh1, Beta2, Fresh2, RootCorrection, Epsilon, Rate;

        public static int Memories => 2;

        public readonly void Apply(ref Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            Vector<float> p = parameter * Kept;
            Vector<float> g = gradient + (p * Decay);
            first += (g - first) * Fresh1;
            second = (second * Beta2) + (g * Fresh2 * g);
            Vector<float> root = (Vector.SquareRoot(second) / new Vector<float>(RootCorrection)) + new Vector<float>(Epsilon);
            parameter = p - (first * Rate / root);
        }
    }
}
