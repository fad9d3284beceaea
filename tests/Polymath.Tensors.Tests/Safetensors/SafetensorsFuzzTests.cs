using System.Text;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests.Safetensors;

public sealed class SafetensorsFuzzTests
{
    private const int Cases = 10_000;

    // What the objects around one file cost however small it is (stream, mapping, exception with its message).
    private const long FixedCost = 64 * 1024;

    private static readonly string[] Tokens =
        ["{", "}", "[", "]", ":", ",", "\"", "null", "-1", "0", "18446744073709551615", "9223372036854775808", "1e9", "\"F32\"", "\"F4\"", "\"shape\"", "\"dtype\"", "\"data_offsets\"", "\"__metadata__\"", "\\ud800", " ", "[[[[[[[["];

    [Fact]
    public void Ten_thousand_mutated_files_give_a_typed_error_or_consistent_tensors()
    {
        byte[] original = Original();
        using var folder = new TemporaryFolder();
        var random = new RandomStream(20_240_607);
        int refused = 0;

        // The first file and the first exception of a process pay for what stays, such as texts of messages.
        SafetensorsFile.Open(folder.Write("whole.safetensors", original)).Dispose();
        Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(folder.Write("half.safetensors", original.AsSpan(0, original.Length / 2))));
        for (int i = 0; i < Cases; i++)
        {
            byte[] mutated = Mutate(original, random);
            string path = folder.Write("fuzz.safetensors", mutated);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                long total = 0;
                foreach (string name in file.Names)
                {
                    TensorInfo info = file[name];
                    Assert.InRange(info.Offset + info.Bytes, 8, mutated.Length);
                    foreach (byte value in file.Bytes(name)) total += value;
                }

                Assert.True(total >= 0);
            }
            catch (SafetensorsException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= (4L * mutated.Length) + FixedCost, $"case {i}: {allocated} bytes allocated for a file of {mutated.Length}");
        }

        Assert.InRange(refused, Cases / 2, Cases);
    }

    [Fact]
    public void A_header_of_a_million_dimensions_costs_at_most_four_times_the_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("wide.safetensors", $"{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{string.Join(',', Enumerable.Repeat('1', 1_000_000))}],\"data_offsets\":[0,1]}}}}", 7);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (4L * file.Length) + FixedCost, $"{allocated} bytes allocated for a file of {file.Length}");
        Assert.Equal(1, file["a"].Elements);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] original = Original();
        using var folder = new TemporaryFolder();
        for (int length = 0; length < original.Length; length++)
        {
            string path = folder.Write("short.safetensors", original.AsSpan(0, length));
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
        }
    }

    private static byte[] Original()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(
            stream,
            [
                SafetensorsEntry.FromFloat32("trunk.0.weight", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }),
                SafetensorsEntry.FromFloat32("trunk.0.bias", [2], new float[] { 1, 2 }, SafetensorsType.BF16),
                SafetensorsEntry.FromFloat32("empty", [0, 4], default),
                SafetensorsEntry.FromBytes("packed", SafetensorsType.F4, [2, 2], new byte[] { 1, 2 }),
            ],
            new Dictionary<string, string> { ["format"] = "pt" });
        return stream.ToArray();
    }

    private static byte[] Mutate(byte[] original, RandomStream random)
    {
        var bytes = new List<byte>(original);
        int headerEnd = 8 + (int)BitConverter.ToUInt64(original);
        int edits = 1 + random.NextInt32(4);
        bool keepLength = random.NextBernoulli(0.7f);
        for (int edit = 0; edit < edits && bytes.Count > 9; edit++)
        {
            int at = random.NextBernoulli(0.9f) ? Math.Min(8 + random.NextInt32(headerEnd - 8), bytes.Count - 1) : random.NextInt32(bytes.Count);
            switch (random.NextInt32(6))
            {
                case 0: bytes[at] = (byte)random.NextInt32(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                case 2: bytes.RemoveRange(at, Math.Min(1 + random.NextInt32(8), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.NextInt32(Tokens.Length)])); break;
                case 4: bytes[at] = (byte)('0' + random.NextInt32(10)); break;
                default: if (random.NextBernoulli(0.3f)) bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        // Mostly keep the length prefix right, so that the JSON and not the prefix is what gets tested.
        byte[] result = [.. bytes];
        if (keepLength && result.Length > 8 + 24)
        {
            long length = Math.Clamp(result.Length - (original.Length - headerEnd) - 8, 0, result.Length - 8);
            BitConverter.TryWriteBytes(result, (ulong)length);
        }

        return result;
    }
}
