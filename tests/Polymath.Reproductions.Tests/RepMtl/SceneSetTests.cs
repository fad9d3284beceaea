using Polymath.Reproductions.RepMtl;
using Polymath.Tensors;

namespace Polymath.Tests.RepMtl;

public sealed class SceneSetTests
{
    [Fact]
    public void Scenes_have_classes_positive_depths_and_unit_normals_that_are_those_of_the_depth()
    {
        SceneSet scenes = SceneSet.Draw(20, new RandomStream(1));
        Assert.All(scenes.Labels, label => Assert.InRange(label, 0, SceneSet.Classes - 1));
        Assert.Equal(SceneSet.Classes, scenes.Labels.Distinct().Count());
        Assert.All(scenes.Depths, depth => Assert.True(depth > 0));
        Assert.All(scenes.Images, value => Assert.True(float.IsFinite(value)));
        int compared = 0;
        for (int scene = 0; scene < scenes.Count; scene++)
        {
            for (int pixel = 0; pixel < SceneSet.Pixels - 1; pixel++)
            {
                float[] here = Normal(scene, pixel);
                Assert.Equal(1, here.Sum(n => (double)n * n), 1e-5);
                if ((pixel + 1) % SceneSet.Size == 0 || !here.SequenceEqual(Normal(scene, pixel + 1))) continue;
                double slope = (scenes.Depths[(scene * SceneSet.Pixels) + pixel + 1] - scenes.Depths[(scene * SceneSet.Pixels) + pixel]) * SceneSet.Size;
                Assert.Equal(-here[0] / here[2], slope, 1e-3);
                compared++;
            }
        }

        Assert.True(compared > SceneSet.Pixels);

        float[] Normal(int scene, int pixel) => [.. Enumerable.Range(0, 3).Select(c => scenes.Normals[(((scene * 3) + c) * SceneSet.Pixels) + pixel])];
    }

    [Fact]
    public void The_same_stream_draws_the_same_scenes()
        => Assert.Equal(SceneSet.Draw(2, new RandomStream(7)).Images, SceneSet.Draw(2, new RandomStream(7)).Images);
}
