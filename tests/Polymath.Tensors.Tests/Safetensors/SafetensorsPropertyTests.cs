using FsCheck;
using FsCheck.Fluent;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests.Safetensors;

public sealed class SafetensorsPropertyTests
{
    [Fact]
    public void Singles_come_back_bit_for_bit() => Check(SafetensorsType.F32, value => value);

    [Fact]
    public void Doubles_hold_every_single() => Check(SafetensorsType.F64, value => value);

    [Fact]
    public void Half_precision_comes_back_as_the_runtime_rounds_it() => Check(SafetensorsType.F16, value => (float)(Half)value);

    [Fact]
    public void Brain_floats_come_back_as_the_nearest_of_their_neighbours()
        => Check(SafetensorsType.BF16, value =>
        {
            if (!float.IsFinite(value)) return value;
            float down = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);
            uint upBits = (BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000) + 0x10000;
            float up = BitConverter.UInt32BitsToSingle(upBits);
            double toDown = Math.Abs((double)value - down), toUp = float.IsFinite(up) ? Math.Abs((double)up - value) : Math.Abs(Math.CopySign(Math.Pow(2, 128), value) - value);
            return toDown < toUp || (toDown == toUp && (upBits & 0x10000) != 0) ? down : up;
        });

    [Fact]
    public void Integers_names_shapes_and_metadata_come_back()
    {
        Gen<string> texts = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => Clean(text.Get));
        Arbitrary<(string Name, long[] Values, string Value)> inputs = texts.SelectMany(name =>
            ArbMap.Default.GeneratorFor<long[]>().SelectMany(values => texts.Select(value => (name, values, value)))).ToArbitrary();
        using var folder = new TemporaryFolder();
        string path = folder["property.safetensors"];
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(inputs, input =>
        {
            var writer = new SafetensorsWriter { Metadata = { [input.Name] = input.Value } };
            writer.Add(input.Name, [1, input.Values.Length], input.Values).Save(path);
            using SafetensorsFile file = SafetensorsFile.Open(path);
            long[] read = new long[input.Values.Length];
            file.ReadInt64(input.Name, read);
            return read.SequenceEqual(input.Values) && file[input.Name].Shape.SequenceEqual([1L, input.Values.Length]) && file.Metadata[input.Name] == input.Value;
        }));
    }

    private static string Clean(string text)
    {
        string clean = string.Concat(text.Where(c => !char.IsSurrogate(c)));
        return clean.Length > 0 ? clean : "\U0001F600";
    }

    private static void Check(SafetensorsType type, Func<float, float> expected)
    {
        // Uniform bit patterns: subnormals, infinities and NaN included.
        Arbitrary<float[]> values = ArbMap.Default.GeneratorFor<uint>().Select(bits => BitConverter.UInt32BitsToSingle(bits * 2654435761u)).ArrayOf().ToArbitrary();
        using var folder = new TemporaryFolder();
        string path = folder["property.safetensors"];
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(values, input =>
        {
            new SafetensorsWriter().Add("x", [input.Length], input, type).Save(path);
            using SafetensorsFile file = SafetensorsFile.Open(path);
            float[] read = new float[input.Length];
            file.ReadFloat32("x", read);
            return read.Zip(input).All(pair => float.IsNaN(pair.Second) ? float.IsNaN(pair.First) : BitConverter.SingleToInt32Bits(pair.First) == BitConverter.SingleToInt32Bits(expected(pair.Second)));
        }));
    }
}
