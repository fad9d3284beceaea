using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = xhat gamma + beta with xhat = (x - mean) / sqrt(var + eps), statistics over the rows of <c>[rows, features]</c>, var biased
/// (Ioffe and Szegedy 2015); dx = gamma (g - mean g - xhat mean(g xhat)) / sqrt(var + eps), dgamma = sum g xhat, dbeta = sum g.
/// </summary>
internal sealed unsafe class BatchNorm : Op
{
    public static readonly BatchNorm Rule = new();

    public override string Name => "BatchNorm";

    /// <summary>Also returns the batch mean and biased variance for the running averages.</summary>
    public static Tensor Forward(Tensor input, Tensor gamma, Tensor beta, float epsilon, Span<float> batchMean, Span<float> batchVariance)
    {
        Node x = input.Node;
        if (x.Shape.Rank != 2) throw new TensorException($"BatchNorm: found input {x.Shape}, expected [rows, features].");
        int rows = x.Shape[0], width = x.Shape[1];
        if (rows < 2) throw new TensorException($"BatchNorm: found {rows} row(s) in training, expected at least 2 (the variance of one row is zero).");
        if (gamma.Shape != new Shape(width) || beta.Shape != new Shape(width)) throw new TensorException($"BatchNorm: found gamma {gamma.Shape} and beta {beta.Shape}, expected [{width}].");
        if (batchMean.Length != width || batchVariance.Length != width) throw new TensorException($"BatchNorm: found places for {batchMean.Length} means and {batchVariance.Length} variances, expected {width} for input {x.Shape}.");
        Node y = Tensor.Allocate(x.Shape), mean = Tensor.Allocate(new Shape(width)), inverse = Tensor.Allocate(new Shape(width));
        y.Saved[0] = mean;
        y.Saved[1] = inverse;
        y.X = epsilon;
        BatchNormColumns columns = Columns(y, x, gamma.Node);
        columns.Beta = beta.Node.Pointer;
        fixed (float* variance = batchVariance) columns.Statistics(variance);
        mean.Span.CopyTo(batchMean);
        Span<float> scale = inverse.Span;
        for (int j = 0; j < width; j++) scale[j] = 1f / MathF.Sqrt(batchVariance[j] + epsilon);
        columns.Normalise(y.Pointer);
        return Tensor.Record(Rule, y, x, gamma.Node, beta.Node);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor g = vjp.Gradient;
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp, g);
            return;
        }

        int width = vjp.Node.Shape[1];
        Tensor sums = new(Tensor.Allocate(new Shape(vjp.Tasks, width))), products = new(Tensor.Allocate(new Shape(vjp.Tasks, width)));
        BatchNormColumns columns = Columns(vjp.Node, vjp.Node.Inputs[0], vjp.Node.Inputs[1]);
        columns.Sums(g.Node.Pointer, vjp.Tasks, sums.Node.Pointer, products.Node.Pointer);

        // The input first: a tensor that is given away may be added to when it is the cotangent of gamma and beta at once.
        if (vjp.Needs(0))
        {
            Tensor dx = new(Tensor.Allocate(g.Shape));
            columns.Input(g.Node.Pointer, vjp.Tasks, sums.Node.Pointer, products.Node.Pointer, dx.Node.Pointer);
            vjp.Give(0, dx);
        }

        if (vjp.Needs(1)) vjp.Give(1, products);
        if (vjp.Needs(2)) vjp.Give(2, sums);
    }

    private static BatchNormColumns Columns(Node y, Node x, Node gamma)
        => new() { X = x.Pointer, Mean = y.Saved[0]!.Pointer, Inverse = y.Saved[1]!.Pointer, Gamma = gamma.Pointer, Rows = x.Shape[0], Width = x.Shape[1] };

    private static void BackwardComposed(in Vjp vjp, Tensor g)
    {
        Tensor x = vjp.Input(0);
        Tensor centred = x - x.Mean(0, keepAxis: true);
        Tensor inverse = ((centred * centred).Mean(0, keepAxis: true) + vjp.Node.X).Pow(-0.5f);
        Tensor normalised = centred * inverse;
        if (vjp.Needs(1)) vjp.Give(1, (g * normalised).Sum(1));
        if (vjp.Needs(2)) vjp.Give(2, g.Sum(1));
        if (vjp.Needs(0)) vjp.Give(0, (g - g.Mean(1, keepAxis: true) - (normalised * (g * normalised).Mean(1, keepAxis: true))) * (inverse * vjp.Input(1)));
    }
}
