using System.Runtime.CompilerServices;

namespace Polymath.Data.Sources;

/// <summary>
/// Reads plain decimal numbers, which nearly all numbers of a table are, several times faster than a general parser and to the
/// same float; what it does not answer for is left to the framework.
/// </summary>
internal static class DecimalText
{
    private const int MostDigits = 19, LargestPower = 22, MostExponentDigits = 3;
    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads <c>[sign] digits [point digits] [e [sign] digits]</c>; false when the text is anything else or the last bit is in doubt.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // runs for every number: it should not begin unoptimised
    public static bool TryParse(ReadOnlySpan<char> text, char point, out float value)
    {
        value = 0;
        int i = !text.IsEmpty && text[0] is '-' or '+' ? 1 : 0, first = i;
        ulong mantissa = 0;
        uint digit;
        while (i < text.Length && (digit = (uint)(text[i] - '0')) <= 9)
        {
            mantissa = (10 * mantissa) + digit;
            i++;
        }

        int digits = i - first, power = 0;
        if (i < text.Length && text[i] == point)
        {
            int fraction = ++i;
            while (i < text.Length && (digit = (uint)(text[i] - '0')) <= 9)
            {
                mantissa = (10 * mantissa) + digit;
                i++;
            }

            power = fraction - i;
            digits -= power;
        }

        if (digits is 0 or > MostDigits) return false;
        if (i < text.Length && !TryAddExponent(text[i..], ref power)) return false;
        if (power is < -LargestPower or > LargestPower) return false;

        // The powers are exact doubles, so at most two roundings, of the mantissa and of the quotient, separate `number` from
        // the number written: less than 2 units in its last place. Rounding it to a float can then only go wrong within as much
        // of the middle between two floats, which in the 29 bits that a float drops is one half. (All nonzero results are above
        // 1e-22, far from the subnormal floats.)
        double number = power < 0 ? mantissa / PowersOfTen[-power] : mantissa * PowersOfTen[power];
        const long Dropped = (1L << 29) - 1, Half = 1L << 28, Doubt = 4;
        long distance = (BitConverter.DoubleToInt64Bits(number) & Dropped) - Half;
        if (distance is >= -Doubt and <= Doubt) return false;
        value = (float)(text[0] == '-' ? -number : number);
        return true;
    }

    private static bool TryAddExponent(ReadOnlySpan<char> text, ref int power)
    {
        if (text[0] is not ('e' or 'E')) return false;
        bool negative = text.Length > 1 && text[1] == '-';
        ReadOnlySpan<char> digits = text[(text.Length > 1 && text[1] is '-' or '+' ? 2 : 1)..];
        if (digits.Length is 0 or > MostExponentDigits) return false;
        int exponent = 0;
        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            exponent = (10 * exponent) + (digit - '0');
        }

        power += negative ? -exponent : exponent;
        return true;
    }
}
