using System.Globalization;
using Polymath.Data.Sources;

namespace Polymath.Tests;

/// <summary>The framework's parser, which is exact, is the reference.</summary>
public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("+7")]
    [InlineData("007")]
    [InlineData("5.")]
    [InlineData(".5")]
    [InlineData("-1.5e-05")]
    [InlineData("1E22")]
    [InlineData("3.4028235e38")]
    [InlineData("0.1234567890123456789")]
    [InlineData("16777217")]                    // halfway between two floats: to even
    [InlineData("16777217.0000000001")]         // just above halfway
    [InlineData("16777216.9999999999")]
    [InlineData("8388608.5")]
    [InlineData("1.00000017881393432617187499")]
    public void A_number_reads_to_the_same_bits_as_by_the_framework(string text) => Same(text);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e5x")]
    [InlineData("1 ")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("NaN")]
    [InlineData("１２")]
    public void What_is_not_a_plain_number_is_left_to_others(string text) => Assert.False(DecimalText.TryParse(text, '.', out _));

    [Fact]
    public void Random_numbers_of_all_lengths_read_to_the_same_bits()
    {
        var random = new Random(3);
        int answered = 0, count = 200_000;
        for (int i = 0; i < count; i++)
        {
            string digits = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => (char)('0' + random.Next(10))));
            string text = (random.Next(3) == 0 ? "-" : string.Empty) + digits.Insert(random.Next(digits.Length + 1), random.Next(4) == 0 ? string.Empty : ".");
            if (random.Next(4) == 0) text += "e" + random.Next(-25, 25).ToString(CultureInfo.InvariantCulture);
            if (Same(text)) answered++;
        }

        Assert.True(answered > 0.9 * count, $"{answered} of {count} answered");
    }

    [Fact]
    public void Every_float_reads_back_from_its_shortest_and_its_longest_text()
    {
        var random = new Random(5);
        for (int i = 0; i < 100_000; i++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next());
            if (!float.IsFinite(value)) continue;
            Same(value.ToString("R", CultureInfo.InvariantCulture));
            Same(((double)value).ToString("R", CultureInfo.InvariantCulture));

            // The middle between two neighbours, where the rounding is decided.
            Same((((double)value + MathF.BitIncrement(value)) / 2).ToString("R", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void The_decimal_separator_can_be_a_comma()
    {
        Assert.True(DecimalText.TryParse("-2,25", ',', out float value));
        Assert.Equal(-2.25f, value);
        Assert.False(DecimalText.TryParse("2.25", ',', out _));
    }

    /// <summary>True when it answered.</summary>
    private static bool Same(string text)
    {
        if (!DecimalText.TryParse(text, '.', out float value)) return false;
        float expected = float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(value), $"'{text}': {value:R}, expected {expected:R}");
        return true;
    }
}
