using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>One answer per pixel.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Outputs">Channels of the answer.</param>
/// <param name="Target">The values to learn, of all scenes.</param>
/// <param name="TargetChannels">Channels of these.</param>
/// <param name="Loss">Mean over pixels, of an answer <c>[batch, outputs, 32, 32]</c> and targets <c>[batch, channels, 32, 32]</c>.</param>
internal sealed record DenseTask(string Name, int Outputs, Func<SceneSet, float[]> Target, int TargetChannels, Func<Tensor, Tensor, Tensor> Loss)
{
    private const float SmallestSquare = 1e-6f;

    /// <summary>Segmentation, depth, surface normals, as in NYUv2.</summary>
    public static DenseTask[] All { get; } =
    [
        new("segmentation", SceneSet.Classes, scenes => scenes.Labels, 1, CrossEntropy),
        new("depth", 1, scenes => scenes.Depths, 1, (answer, target) => (answer - target).Abs().Mean()),
        new("normals", 3, scenes => scenes.Normals, 3, CosineDistance),
    ];

    private static Tensor CrossEntropy(Tensor answer, Tensor labels)
        => Fused.SoftmaxCrossEntropy(answer.Permute(0, 2, 3, 1).Reshape(labels.Shape.Length, SceneSet.Classes), labels.Reshape(labels.Shape.Length)).Mean();

    /// <summary>1 - cos of the angle between the answer and a unit vector.</summary>
    private static Tensor CosineDistance(Tensor answer, Tensor normals)
    {
        Tensor length = ((answer * answer).Sum(1) + SmallestSquare).Sqrt();
        return 1f - ((answer * normals).Sum(1) / length).Mean();
    }
}
