using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Writes measured numbers with the digits that mean something.</summary>
internal sealed class SignificantDigits : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteRawValue(value.ToString("G5", CultureInfo.InvariantCulture));
}
