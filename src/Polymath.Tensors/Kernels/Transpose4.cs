using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>Transposes a block of 4 x 4 floats in registers.</summary>
internal static unsafe class Transpose4
{
    /// <summary>Whether this processor has the instructions; <see cref="Run"/> must not be called without.</summary>
    public static bool IsSupported => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>target[j * targetStride + i] = source[i * sourceStride + j] for i, j in [0, 4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Vector128<float> r0 = Vector128.Load(source), r1 = Vector128.Load(source + sourceStride);
        Vector128<float> r2 = Vector128.Load(source + (2 * sourceStride)), r3 = Vector128.Load(source + (3 * sourceStride));
        Vector128<double> low01 = Low(r0, r1).AsDouble(), high01 = High(r0, r1).AsDouble(), low23 = Low(r2, r3).AsDouble(), high23 = High(r2, r3).AsDouble();
        Low(low01, low23).AsSingle().Store(target);
        High(low01, low23).AsSingle().Store(target + targetStride);
        Low(high01, high23).AsSingle().Store(target + (2 * targetStride));
        High(high01, high23).AsSingle().Store(target + (3 * targetStride));
    }

    // Low interleaves the first halves of two vectors, High the second.
    private static Vector128<float> Low(Vector128<float> x, Vector128<float> y) => Sse.IsSupported ? Sse.UnpackLow(x, y) : AdvSimd.Arm64.ZipLow(x, y);

    private static Vector128<float> High(Vector128<float> x, Vector128<float> y) => Sse.IsSupported ? Sse.UnpackHigh(x, y) : AdvSimd.Arm64.ZipHigh(x, y);

    private static Vector128<double> Low(Vector128<double> x, Vector128<double> y) => Sse2.IsSupported ? Sse2.UnpackLow(x, y) : AdvSimd.Arm64.ZipLow(x, y);

    private static Vector128<double> High(Vector128<double> x, Vector128<double> y) => Sse2.IsSupported ? Sse2.UnpackHigh(x, y) : AdvSimd.Arm64.ZipHigh(x, y);
}
