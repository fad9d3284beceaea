namespace Polymath.Tabular;

/// <summary>h = sum_e g_e f_e: what every gate does with its experts.</summary>
internal static class ExpertMixture
{
    /// <summary>Multiplications and additions of one mixture for one row.</summary>
    public static long Flops(int experts, int width) => 2L * experts * width;
}
