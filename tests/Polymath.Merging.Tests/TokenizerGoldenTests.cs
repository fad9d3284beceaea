using System.Text.Json;
using Polymath.Merging.Configuration;
using Polymath.Merging.Sources;
using Polymath.Merging.Tokenizers;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Embeddings aligned to an output vocabulary against mergekit's.</summary>
public sealed class TokenizerGoldenTests
{
    private const string System = "merging-base";

    public static TheoryData<string> Cases => SharedFiles.GoldenRows(System, "tokenizer_embed_");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Embeddings_are_aligned_as_by_the_reference(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), tolerance = golden.RootElement.GetProperty("tolerance");
        string[] models = [.. inputs.GetProperty("models_order").EnumerateArray().Select(model => model.GetString()!)];
        Vocabulary[] vocabularies = [.. models.Select(model => Read(inputs.GetProperty("vocabs").GetProperty(model)))];
        SourceTensor[] embeddings = [.. models.Select(model => inputs.GetProperty("embeddings").GetProperty(model)).Select(values => new MemoryTensor("e", GoldenNumbers.ShapeOf(values), GoldenNumbers.Flatten(values)))];
        int? multiple = inputs.TryGetProperty("pad_to_multiple_of", out JsonElement pad) && pad.ValueKind == JsonValueKind.Number ? pad.GetInt32() : null;
        var alignment = new TokenAlignment(models, Array.IndexOf(models, inputs.GetProperty("base_model").GetString()), vocabularies, [.. embeddings.Select(embedding => embedding.Shape[0])], Read(inputs.GetProperty("output_vocab")), Tokens(inputs), multiple);
        foreach (JsonProperty expected in golden.RootElement.GetProperty("expected").EnumerateObject())
        {
            AlignedEmbedding aligned = alignment.Align(Array.IndexOf(models, expected.Name), embeddings);
            float[] values = new float[aligned.Elements], pieces = new float[aligned.Elements];
            aligned.Read(0, values);
            for (int start = 0; start < pieces.Length; start += 3) aligned.Read(start, pieces.AsSpan(start, Math.Min(3, pieces.Length - start)));
            Assert.Equal(GoldenNumbers.ShapeOf(expected.Value), aligned.Shape);
            Assert.Equal(values, pieces);
            GoldenNumbers.Near(GoldenNumbers.Flatten(expected.Value), values, tolerance.GetProperty("abs").GetDouble(), tolerance.GetProperty("rel").GetDouble(), expected.Name);
        }
    }

    private static Vocabulary Read(JsonElement map) => new(map.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetInt32())));

    // The file's JSON is YAML too, so the reader of configurations reads its token settings.
    private static IReadOnlyList<TokenEntry> Tokens(JsonElement inputs) => inputs.TryGetProperty("tokens_config", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Object
        ? MergeConfiguration.Parse($"merge_method: linear\nmodels: [{{model: x}}]\ntokenizer: {{tokens: {tokens.GetRawText()}}}").Tokenizer!.Tokens : [];
}
