using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>Batch normalisations run side by side: as statistics are per feature, they are one normalisation of all their features.</summary>
internal sealed class BatchNormBank
{
    private readonly BatchNorm1d[] _members;
    private readonly Tensor[] _weights, _biases;
    private readonly float[] _mean, _variance;

    public BatchNormBank(BatchNorm1d[] members)
    {
        _members = members;
        _weights = [.. members.Select(member => member.Weight.Value)];
        _biases = [.. members.Select(member => member.Bias.Value)];
        int features = members.Sum(member => member.Features);
        (_mean, _variance) = (new float[features], new float[features]);
    }

    /// <summary><c>[rows, all features]</c> normalised; in training every member's running statistics follow.</summary>
    public Tensor Forward(Tensor input)
    {
        Tensor weight = Tensor.Concat(_weights, 0), bias = Tensor.Concat(_biases, 0);
        if (!_members[0].Training)
        {
            for (int m = 0, at = 0; m < _members.Length; at += _members[m++].Features)
            {
                _members[m].RunningMean.Span.CopyTo(_mean.AsSpan(at));
                _members[m].RunningVariance.Span.CopyTo(_variance.AsSpan(at));
            }

            return BatchNorm1d.Apply(input, weight, bias, _mean, _variance, _members[0].Epsilon);
        }

        Tensor output = Fused.BatchNorm(input, weight, bias, _members[0].Epsilon, _mean, _variance);
        for (int m = 0, at = 0; m < _members.Length; at += _members[m++].Features)
        {
            int features = _members[m].Features;
            _members[m].Follow(_mean.AsSpan(at, features), _variance.AsSpan(at, features), input.Shape[0]);
        }

        return output;
    }
}
