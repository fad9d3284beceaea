using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = xhat gamma + beta with xhat = (x - mean) / sqrt(var + eps), statistics over the rows of <c>[rows, features]</c>, var biased
/// (Ioffe and Szegedy 2015); dx = gamma (g - mean g - xhat mean(g xhat)) / sqrt(var + eps), dgamma = sum g xhat, dbeta = sum g.
/// </summary>
internal sealed class BatchNorm : Op
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
        Node y = Tensor.Allocate(x.Shape), normalised = Tensor.Allocate(x.Shape), inverse = Tensor.Allocate(new Shape(width));
        ReadOnlySpan<float> from = x.Span;
        Span<float> hat = normalised.Span, to = y.Span, scale = inverse.Span;

        batchMean.Clear();
        for (int i = 0; i < rows; i++) TensorPrimitives.Add(batchMean, from.Slice(i * width, width), batchMean);
        TensorPrimitives.Divide(batchMean, rows, batchMean);
        batchVariance.Clear();
        for (int i = 0; i < rows; i++)
        {
            Span<float> row = hat.Slice(i * width, width);
            TensorPrimitives.Subtract(from.Slice(i * width, width), batchMean, row);
            TensorPrimitives.MultiplyAdd(row, row, batchVariance, batchVariance);
        }

        TensorPrimitives.Divide(batchVariance, rows, batchVariance);
        for (int j = 0; j < width; j++) scale[j] = 1f / MathF.Sqrt(batchVariance[j] + epsilon);
        ReadOnlySpan<float> weight = gamma.Span, bias = beta.Span;
        for (int i = 0; i < rows; i++)
        {
            Span<float> row = hat.Slice(i * width, width);
            TensorPrimitives.Multiply(row, scale, row);
            TensorPrimitives.MultiplyAdd(row, weight, bias, to.Slice(i * width, width));
        }

        y.Saved[0] = normalised;
        y.Saved[1] = inverse;
        y.X = epsilon;
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

        int rows = vjp.Node.Shape[0], width = vjp.Node.Shape[1], size = rows * width;
        Tensor sums = Tensor.Zeros(vjp.Tasks, width), products = Tensor.Zeros(vjp.Tasks, width);
        ReadOnlySpan<float> hat = vjp.Saved(0).Span, from = g.Span;
        for (int k = 0; k < vjp.Tasks; k++)
        {
            Span<float> sum = sums.Span.Slice(k * width, width), product = products.Span.Slice(k * width, width);
            for (int i = 0; i < rows; i++)
            {
                ReadOnlySpan<float> row = from.Slice((k * size) + (i * width), width);
                TensorPrimitives.Add(sum, row, sum);
                TensorPrimitives.MultiplyAdd(row, hat.Slice(i * width, width), product, product);
            }
        }

        // The input first: a tensor that is given away may be added to when it is the cotangent of gamma and beta at once.
        if (vjp.Needs(0)) vjp.Give(0, InputGradient(vjp, hat, from, sums, products));
        if (vjp.Needs(1)) vjp.Give(1, products);
        if (vjp.Needs(2)) vjp.Give(2, sums);
    }

    private static Tensor InputGradient(in Vjp vjp, ReadOnlySpan<float> hat, ReadOnlySpan<float> from, Tensor sums, Tensor products)
    {
        int rows = vjp.Node.Shape[0], width = vjp.Node.Shape[1], size = rows * width;
        Tensor dx = new(Tensor.Allocate(vjp.Gradient.Shape));
        Tensor work = Tensor.Zeros(3, width);
        Span<float> to = dx.Span, scale = work.Span[..width], meanGradient = work.Span.Slice(width, width), meanProduct = work.Span[(2 * width)..];
        TensorPrimitives.Multiply(vjp.Input(1).Span, vjp.Saved(1).Span, scale);
        for (int k = 0; k < vjp.Tasks; k++)
        {
            TensorPrimitives.Divide(sums.Span.Slice(k * width, width), rows, meanGradient);
            TensorPrimitives.Divide(products.Span.Slice(k * width, width), -rows, meanProduct);
            for (int i = 0; i < rows; i++)
            {
                Span<float> row = to.Slice((k * size) + (i * width), width);
                TensorPrimitives.Subtract(from.Slice((k * size) + (i * width), width), meanGradient, row);
                TensorPrimitives.MultiplyAdd(hat.Slice(i * width, width), meanProduct, row, row);
                TensorPrimitives.Multiply(row, scale, row);
            }
        }

        return dx;
    }

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
