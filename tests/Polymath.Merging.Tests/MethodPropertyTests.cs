using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Tensors.Kernels;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

/// <summary>What holds for every merge method, those that will be added included.</summary>
public sealed class MethodPropertyTests
{
    private static readonly long[][] _shapes = [[], [0], [1], [7], [13], [5, 3], [1, 11], [11, 1], [0, 4], [4, 0], [3, 2, 2, 2], [2, 3, 1, 5]];

    public static TheoryData<string> All => [.. MergeMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Copies_of_one_model_merge_to_it(string method)
    {
        using var merge = new MethodCase(method, [6, 5]);
        float[] model = merge.Base ?? merge.Tuned[0];
        merge.Tuned = [.. merge.Tuned.Select(_ => model)];
        GoldenNumbers.Near(model, merge.Merge(), 2e-6, 1e-5, method);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_order_of_the_models_does_not_matter(string method)
    {
        using var merge = new MethodCase(method, [6, 5]);
        float[] forward = merge.Merge(), backward = merge.Merge(order: [.. Enumerable.Range(0, merge.Models).Reverse()]);
        GoldenNumbers.Near(forward, backward, 2e-6, 1e-5, method);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Bits_do_not_depend_on_the_number_of_threads(string method)
    {
        // More elements than two blocks and than what a selection gathers whole, but few columns for the methods that decompose matrices.
        using var merge = new MethodCase(method, [1301, 61]);
        int before = Workers.Count;
        try
        {
            Workers.Configure(1);
            float[] alone = merge.Merge();
            Assert.Equal(merge.Elements, alone.Length);
            Assert.True(Array.TrueForAll(alone, float.IsFinite));
            foreach (int threads in (int[])[2, 3])
            {
                Workers.Configure(threads);
                Assert.True(alone.AsSpan().SequenceEqual(merge.Merge()), $"{method} at {threads} threads");
            }
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Any_shape_is_merged(string method)
    {
        foreach (long[] shape in _shapes)
        {
            using var merge = new MethodCase(method, shape);
            // Half of one element is none, which is an error of its own.
            if (merge.Elements < 2) merge.Density = 1;
            float[] merged = merge.Merge();
            Assert.True(merged.Length == merge.Elements && Array.TrueForAll(merged, float.IsFinite), $"{method}, shape [{string.Join(", ", shape)}]: {string.Join(", ", merged)}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_number_that_is_none_neither_hangs_nor_crashes(string method)
    {
        foreach (long[] shape in (long[][])[[6, 5], [13], [270, 260]])
        {
            using var merge = new MethodCase(method, shape);
            merge.Tuned[^1][^1] = float.NaN;
            merge.Tuned[^1][2] = -float.NaN;
            merge.Tuned[0][1] = float.PositiveInfinity;
            try
            {
                Assert.Equal(merge.Elements, merge.Merge().Length);
            }
            catch (MergeException refused)
            {
                Assert.Contains("NaN", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Rounding_every_step_to_bfloat16_stays_near(string method)
    {
        using var merge = new MethodCase(method, [40, 30]);
        StepRounding rounding = StepRounding.To(SafetensorsType.BF16);
        rounding.Apply(merge.Base);
        foreach (float[] model in merge.Tuned) rounding.Apply(model);
        float[] exact = merge.Merge(), stepped = merge.Merge(new MergeSettings { Rounding = rounding });
        float[] again = (float[])stepped.Clone();
        rounding.Apply(again);
        Assert.Equal(again, stepped);
        Assert.InRange(TensorPrimitives.Distance<float>(exact, stepped) / TensorPrimitives.Norm<float>(exact), 0, 0.03);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_wrong_number_of_models_is_one_sentence(string method)
    {
        using var merge = new MethodCase(method, [6, 5]);
        TensorMerge whole = merge.Build();
        if (merge.Method.Base == BaseModelUse.Required)
        {
            MergeException noBase = Assert.Throws<MergeException>(() => merge.Method.Prepare(whole.With([.. whole.Models.Select(model => whole.Sources[model]), .. whole.Models.Select(model => whole.Sources[model])])));
            Assert.Contains("base", noBase.Message, StringComparison.Ordinal);
        }

        if (merge.Method.MostModels is not { } most) return;
        MergeException tooMany = Assert.Throws<MergeException>(() => merge.Method.Prepare(whole.With([.. whole.Sources, .. Enumerable.Repeat(whole.Sources[^1], most)])));
        Assert.Contains($"'{whole.Name}'", tooMany.Message, StringComparison.Ordinal);
        Assert.Contains("expected", tooMany.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_method_documents_itself(string name)
    {
        MergeMethod method = MergeMethods.Find(name);
        Assert.Single(MergeMethods.All, other => other.Name == name);
        Assert.Matches("^[a-z0-9_]+$", name);
        Assert.EndsWith(".", method.Summary, StringComparison.Ordinal);
        Assert.All([method.Formula, method.Use, method.Source], text => Assert.False(string.IsNullOrWhiteSpace(text)));
        MethodParameter[] parameters = [.. method.Parameters, .. method.ModelParameters];
        Assert.All(parameters, parameter => Assert.False(string.IsNullOrWhiteSpace(parameter.Description)));
        Assert.Equal(parameters.Length, parameters.DistinctBy(parameter => parameter.Name).Count());
    }
}
