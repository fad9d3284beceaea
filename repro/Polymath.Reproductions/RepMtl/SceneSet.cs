using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>
/// Scenes of 32 x 32 pixels: one to four shapes (discs, squares, triangles), each a tilted plane of one colour, over a tilted textured
/// background. Brightness comes from the angle to a lamp and haze from the distance, so that shape, depth and direction can be seen in the
/// colours, and are related.
/// </summary>
internal sealed class SceneSet
{
    /// <summary>Pixels along an edge.</summary>
    public const int Size = 32;

    /// <summary>Pixels of an image.</summary>
    public const int Pixels = Size * Size;

    /// <summary>Background, disc, square, triangle.</summary>
    public const int Classes = 4;

    private const int Channels = 3, MostShapes = 4;
    private const double Noise = 0.03, Ambient = 0.35, Haze = 0.6, Grey = 0.6;
    private static readonly double[] s_lamp = [0.4, 0.3, Math.Sqrt(1 - 0.25)];

    private SceneSet(int count)
    {
        Count = count;
        (Images, Labels, Depths, Normals) = (new float[count * Channels * Pixels], new float[count * Pixels], new float[count * Pixels], new float[count * Channels * Pixels]);
    }

    /// <summary>Number of scenes.</summary>
    public int Count { get; }

    /// <summary><c>[scenes, 3, pixels]</c>.</summary>
    public float[] Images { get; }

    /// <summary>Class of every pixel, <c>[scenes, pixels]</c>.</summary>
    public float[] Labels { get; }

    /// <summary>Distance of every pixel, positive, <c>[scenes, pixels]</c>.</summary>
    public float[] Depths { get; }

    /// <summary>Unit normal of the surface, <c>[scenes, 3, pixels]</c>.</summary>
    public float[] Normals { get; }

    /// <summary>Draws scenes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Where the numbers come from.</param>
    public static SceneSet Draw(int count, RandomStream random)
    {
        var scenes = new SceneSet(count);
        for (int scene = 0; scene < count; scene++) scenes.Paint(scene, random);
        return scenes;
    }

    private void Paint(int scene, RandomStream random)
    {
        Surface background = Surface.Draw(0, Between(random, 0.85, 1.05), 0.2, random);
        (double fx, double fy, double phase) = (Between(random, 10, 40), Between(random, 10, 40), Between(random, 0, 2 * Math.PI));
        int shapes = 1 + (int)(random.NextDouble() * MostShapes);
        double[] depths = [.. Enumerable.Range(0, shapes).Select(_ => Between(random, 0.25, 0.75)).OrderDescending()];
        Surface[] all = [background, .. depths.Select(depth => Surface.Draw(1 + (int)(random.NextDouble() * (Classes - 1)), depth, 0.5, random))];
        float[] noise = new float[Channels * Pixels];
        random.FillNormal(noise);
        for (int pixel = 0; pixel < Pixels; pixel++)
        {
            double x = ((pixel % Size) + 0.5) / Size, y = ((pixel / Size) + 0.5) / Size;
            Surface seen = Array.FindLast(all, surface => surface.Covers(x, y))!;
            double depth = seen.DepthAt(x, y), light = Ambient + ((1 - Ambient) * Math.Max(0, (seen.Normal[0] * s_lamp[0]) + (seen.Normal[1] * s_lamp[1]) + (seen.Normal[2] * s_lamp[2])));
            double texture = seen.Class == 0 ? 0.15 * Math.Sin((fx * x) + (fy * y) + phase) : 0, haze = Haze * depth;
            Labels[(scene * Pixels) + pixel] = seen.Class;
            Depths[(scene * Pixels) + pixel] = (float)depth;
            for (int c = 0; c < Channels; c++)
            {
                int at = (((scene * Channels) + c) * Pixels) + pixel;
                Images[at] = (float)((((seen.Colour[c] + texture) * light * (1 - haze)) + (Grey * haze) - 0.5) * 2) + (float)(Noise * noise[(c * Pixels) + pixel]);
                Normals[at] = (float)seen.Normal[c];
            }
        }
    }

    private static double Between(RandomStream random, double low, double high) => low + ((high - low) * random.NextDouble());

    /// <summary>A plane z = depth + gx (x - cx) + gy (y - cy) behind the outline of a shape.</summary>
    private sealed record Surface(int Class, double CentreX, double CentreY, double Radius, double Depth, double SlopeX, double SlopeY, double[] Colour, double[] Normal)
    {
        public static Surface Draw(int kind, double depth, double steepest, RandomStream random)
        {
            double gx = Between(random, -steepest, steepest), gy = Between(random, -steepest, steepest), length = Math.Sqrt(1 + (gx * gx) + (gy * gy));
            double[] colour = [random.NextDouble(), random.NextDouble(), random.NextDouble()];
            (double x, double y) = kind == 0 ? (0.5, 0.5) : (Between(random, 0.15, 0.85), Between(random, 0.15, 0.85));
            return new Surface(kind, x, y, Between(random, 0.12, 0.28), depth, gx, gy, colour, [-gx / length, -gy / length, 1 / length]);
        }

        public double DepthAt(double x, double y) => Math.Max(0.05, Depth + (SlopeX * (x - CentreX)) + (SlopeY * (y - CentreY)));

        public bool Covers(double x, double y)
        {
            double dx = Math.Abs(x - CentreX), dy = y - CentreY;
            return Class switch
            {
                0 => true,
                1 => (dx * dx) + (dy * dy) <= Radius * Radius,
                2 => Math.Max(dx, Math.Abs(dy)) <= 0.9 * Radius,
                _ => dy >= -Radius && dy <= Radius && dx <= 0.6 * (dy + Radius),
            };
        }
    }
}
