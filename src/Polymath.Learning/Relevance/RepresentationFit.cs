using System.Numerics.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Relevance;

/// <summary>The two least-squares problems that <see cref="AlternatingLeastSquares"/> alternates, with their buffers.</summary>
internal sealed class RepresentationFit
{
    private readonly TaskSamples[] _tasks;
    private readonly int _size, _inputs;
    private readonly double[] _heads, _features, _predictor, _gradient;
    private readonly double[] _residual, _image, _slope, _search;

    public RepresentationFit(TaskSamples[] tasks, int size)
    {
        (_tasks, _size, _inputs) = (tasks, size, tasks[0].Features);
        int samples = tasks.Sum(one => one.Count);
        (_heads, _features) = (new double[tasks.Length * size], new double[tasks.Max(one => one.Count) * size]);
        (_predictor, _gradient) = (new double[_inputs], new double[_inputs]);
        (_residual, _image, _slope, _search) = (new double[samples], new double[samples], new double[size * _inputs], new double[size * _inputs]);
    }

    /// <summary>w_m = argmin ||X_m B w - y_m|| for every task.</summary>
    public void FitHeads(LinearRepresentation representation)
    {
        for (int m = 0; m < _tasks.Length; m++)
        {
            Span<double> features = _features.AsSpan(0, _tasks[m].Count * _size);
            representation.Transform(_tasks[m].Inputs, features);
            LinearHead.Fit(features, _tasks[m].Labels, Head(m));
        }
    }

    /// <summary>With L L^T = sum_m n_m w_m w_m^T / N: heads become L^-1 w_m and B becomes B L, which predicts the same.</summary>
    public void WhitenHeads(double[] basis)
    {
        double[] factor = new double[_size * _size];
        double samples = _residual.Length, trace = 0;
        for (int m = 0; m < _tasks.Length; m++)
        {
            for (int i = 0; i < _size; i++)
            {
                Span<double> row = factor.AsSpan(i * _size, i + 1);
                TensorPrimitives.MultiplyAdd(Head(m)[..(i + 1)], Head(m)[i] * (_tasks[m].Count / samples), row, row);
            }
        }

        for (int i = 0; i < _size; i++) trace += factor[(i * _size) + i];
        if (!(trace > 0)) return;
        for (int i = 0; i < _size; i++) factor[(i * _size) + i] += 1e-10 * trace / _size;
        if (!Cholesky.TryFactor(factor, _size, out _, out _)) return;
        for (int m = 0; m < _tasks.Length; m++)
        {
            Span<double> head = Head(m);
            for (int i = 0; i < _size; i++) head[i] = (head[i] - TensorPrimitives.Dot<double>(factor.AsSpan(i * _size, i), head[..i])) / factor[(i * _size) + i];
        }

        // Row j of (B L)^T is sum_i L_ij (row i of B^T); L is lower triangular, so ascending j reads only rows not yet overwritten.
        for (int j = 0; j < _size; j++)
        {
            Span<double> row = basis.AsSpan(j * _inputs, _inputs);
            TensorPrimitives.Multiply(row, factor[(j * _size) + j], row);
            for (int i = j + 1; i < _size; i++) TensorPrimitives.MultiplyAdd(basis.AsSpan(i * _inputs, _inputs), factor[(i * _size) + j], row, row);
        }
    }

    /// <summary>Improves B for fixed heads by conjugate gradients until the gradient has shrunk by the tolerance.</summary>
    public void FitBasis(double[] basis, int maxSteps, double tolerance)
    {
        int at = 0;
        Predict(basis, _residual);
        foreach (TaskSamples task in _tasks)
        {
            Span<double> part = _residual.AsSpan(at, task.Count);
            TensorPrimitives.Subtract(task.Labels, part, part);
            at += task.Count;
        }

        Gradient(_residual, _slope);
        double slope = TensorPrimitives.SumOfSquares<double>(_slope), enough = slope * tolerance * tolerance;
        _slope.CopyTo(_search, 0);
        for (int step = 0; step < maxSteps && slope > enough; step++)
        {
            Predict(_search, _image);
            double curvature = TensorPrimitives.SumOfSquares<double>(_image);
            if (!(curvature > 0)) return;
            double length = slope / curvature;
            TensorPrimitives.MultiplyAdd(_search, length, basis, basis);
            TensorPrimitives.MultiplyAdd(_image, -length, _residual, _residual);
            Gradient(_residual, _slope);
            double next = TensorPrimitives.SumOfSquares<double>(_slope);
            TensorPrimitives.MultiplyAdd(_search, next / slope, _slope, _search);
            slope = next;
        }
    }

    private Span<double> Head(int task) => _heads.AsSpan(task * _size, _size);

    /// <summary>X_m B w_m for every task, one after the other.</summary>
    private void Predict(double[] basis, double[] predictions)
    {
        int at = 0;
        for (int m = 0; m < _tasks.Length; m++)
        {
            Array.Clear(_predictor);
            for (int j = 0; j < _size; j++) TensorPrimitives.MultiplyAdd(basis.AsSpan(j * _inputs, _inputs), Head(m)[j], _predictor, _predictor);
            for (int i = 0; i < _tasks[m].Count; i++) predictions[at++] = TensorPrimitives.Dot(_tasks[m].Input(i), _predictor);
        }
    }

    /// <summary>The adjoint of <see cref="Predict"/>: sum_m w_m (X_m^T r_m)^T.</summary>
    private void Gradient(double[] residual, double[] gradient)
    {
        int at = 0;
        Array.Clear(gradient);
        for (int m = 0; m < _tasks.Length; m++)
        {
            Array.Clear(_gradient);
            for (int i = 0; i < _tasks[m].Count; i++) TensorPrimitives.MultiplyAdd(_tasks[m].Input(i), residual[at++], _gradient, _gradient);
            for (int j = 0; j < _size; j++)
            {
                Span<double> row = gradient.AsSpan(j * _inputs, _inputs);
                TensorPrimitives.MultiplyAdd(_gradient, Head(m)[j], row, row);
            }
        }
    }
}
