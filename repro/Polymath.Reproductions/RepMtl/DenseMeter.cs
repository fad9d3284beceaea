using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>Adds up the metrics of the three tasks over test scenes.</summary>
internal sealed class DenseMeter
{
    private readonly long[,] _confusion = new long[SceneSet.Classes, SceneSet.Classes];
    private readonly List<double> _angles = [];
    private double _absolute, _relative;
    private long _depths;

    /// <summary>Adds the answers to some scenes.</summary>
    /// <param name="task">Which task.</param>
    /// <param name="answer"><c>[batch, outputs, 32, 32]</c>.</param>
    /// <param name="target"><c>[batch, channels, 32, 32]</c>.</param>
    public void Add(string task, Tensor answer, Tensor target)
    {
        int batch = answer.Shape[0], outputs = answer.Shape[1];
        ReadOnlySpan<float> given = answer.Span, wanted = target.Span;
        for (int image = 0; image < batch; image++)
        {
            ReadOnlySpan<float> one = given.Slice(image * outputs * SceneSet.Pixels, outputs * SceneSet.Pixels), truth = wanted.Slice(image * (wanted.Length / batch), wanted.Length / batch);
            for (int pixel = 0; pixel < SceneSet.Pixels; pixel++)
            {
                if (task == "segmentation") _confusion[(int)truth[pixel], Largest(one, pixel)]++;
                else if (task == "depth") AddDepth(one[pixel], truth[pixel]);
                else _angles.Add(Angle(one, truth, pixel));
            }
        }
    }

    /// <summary>The scores so far.</summary>
    public DenseScores Scores()
    {
        double union = 0;
        long right = 0, all = 0;
        int classes = 0;
        for (int c = 0; c < SceneSet.Classes; c++)
        {
            long row = 0, column = 0;
            for (int other = 0; other < SceneSet.Classes; other++)
            {
                row += _confusion[c, other];
                column += _confusion[other, c];
            }

            long hit = _confusion[c, c];
            if (row + column > hit)
            {
                union += (double)hit / (row + column - hit);
                classes++;
            }

            right += hit;
            all += row;
        }

        _angles.Sort();
        return new DenseScores(
            100 * union / classes,
            100.0 * right / all,
            100 * _absolute / _depths,
            100 * _relative / _depths,
            _angles.Count == 0 ? double.NaN : _angles.Average(),
            _angles.Count == 0 ? double.NaN : _angles[_angles.Count / 2]);
    }

    private void AddDepth(float answer, float truth)
    {
        double error = Math.Abs((double)answer - truth);
        _absolute += error;
        _relative += error / truth;
        _depths++;
    }

    private static int Largest(ReadOnlySpan<float> logits, int pixel)
    {
        int best = 0;
        for (int c = 1; c < SceneSet.Classes; c++)
        {
            if (logits[(c * SceneSet.Pixels) + pixel] > logits[(best * SceneSet.Pixels) + pixel]) best = c;
        }

        return best;
    }

    private static double Angle(ReadOnlySpan<float> answer, ReadOnlySpan<float> normal, int pixel)
    {
        double inner = 0, length = 0;
        for (int c = 0; c < 3; c++)
        {
            double value = answer[(c * SceneSet.Pixels) + pixel];
            inner += value * normal[(c * SceneSet.Pixels) + pixel];
            length += value * value;
        }

        return double.RadiansToDegrees(Math.Acos(Math.Clamp(inner / Math.Max(1e-12, Math.Sqrt(length)), -1, 1)));
    }
}
