using System.Text.Json.Serialization;

namespace Polymath.Merging.Masks;

/// <summary>The JSON of <see cref="TaskMaskHeader"/>, generated so that nothing is reflected upon.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TaskMaskHeader))]
internal sealed partial class TaskMaskJson : JsonSerializerContext;
