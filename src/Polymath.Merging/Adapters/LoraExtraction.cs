using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polymath.Merging.Architectures;
using Polymath.Merging.Checkpoints;
using Polymath.Merging.Sources;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Adapters;

/// <summary>
/// Takes a LoRA adapter out of a fine-tuned model: the change of every weight matrix, W_tuned - W_base = U S V^T, is cut to its largest singular
/// values and stored as A = sqrt(S) V^T and B = U sqrt(S), which is the best approximation of that rank (Eckart and Young, 1936).
/// </summary>
/// <remarks>A matrix is decomposed in memory as a whole; one of 768 x 768 takes about a second on a core.</remarks>
/// <example><code>
/// LoraExtraction.Extract("base", "tuned", "adapter", new LoraExtractionOptions { MaximumRank = 32 });
/// </code></example>
public static class LoraExtraction
{
    private const string Wrapper = "base_model.model.", Weight = ".weight";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the adapter's folder.</summary>
    /// <param name="baseModel">The base model's folder or file.</param>
    /// <param name="tunedModel">The fine-tuned model's folder or file.</param>
    /// <param name="output">The adapter's folder; created.</param>
    /// <param name="options">Ranks and types.</param>
    /// <returns>The rank of each module with a change.</returns>
    /// <exception cref="MergeException">The models have different tensors or shapes, or do not differ.</exception>
    public static IReadOnlyDictionary<string, int> Extract(string baseModel, string tunedModel, string output, LoraExtractionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        options ??= new LoraExtractionOptions();
        if (options.MaximumRank < 1) throw new MergeException($"the largest rank is {options.MaximumRank}, expected 1 or more.");
        using Checkpoint theta0 = Checkpoint.Open(baseModel), tuned = Checkpoint.Open(tunedModel);
        Architecture architecture = Architecture.Of(baseModel, theta0.Names, theta0.Config);
        var entries = new List<SafetensorsEntry>();
        var ranks = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var saved = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string name in theta0.Names)
        {
            SourceTensor before = theta0.Find(name)!;
            if (!before.IsFloatingPoint) continue;
            SourceTensor after = tuned.Find(name) ?? throw new MergeException($"tensor '{name}' is in model '{baseModel}' but not in model '{tunedModel}'; expected a fine-tune of the base.");
            if (!after.Shape.SequenceEqual(before.Shape)) throw new MergeException($"tensor '{name}': model '{baseModel}' has shape [{string.Join(", ", before.Shape)}] and model '{tunedModel}' [{string.Join(", ", after.Shape)}], expected the same.");
            float[] values = Read(before), change = Read(after);
            float[] kept = (float[])change.Clone();
            TensorPrimitives.Subtract(change, values, change);
            if (change.AsSpan().IndexOfAnyExcept(0f) < 0) continue;
            if (before.Shape.Count == 2 && name.EndsWith(Weight, StringComparison.Ordinal)) AddFactors(name[..^Weight.Length], change, before.Shape, architecture.RoleOf(name) == TensorRole.Embedding, options, entries, ranks);
            else if (options.SaveOthers && saved.Add(name)) entries.Add(SafetensorsEntry.FromFloat32(Wrapper + name, before.Shape, kept, before.Type));
        }

        if (entries.Count == 0) throw new MergeException($"model '{tunedModel}' does not differ from model '{baseModel}', so there is no adapter to extract.");
        Directory.CreateDirectory(output);
        SafetensorsWriter.Write(Path.Combine(output, LoraAdapter.WeightFile), entries, new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.WriteText(Path.Combine(output, LoraAdapter.ConfigFile), writer => writer.Write(Config(options.BaseName ?? baseModel, ranks, saved)));
        return ranks;
    }

    private static float[] Read(SourceTensor tensor)
    {
        float[] values = new float[tensor.Elements];
        tensor.Read(0, values);
        return values;
    }

    private static void AddFactors(string module, float[] change, IReadOnlyList<long> shape, bool embedding, LoraExtractionOptions options, List<SafetensorsEntry> entries, SortedDictionary<string, int> ranks)
    {
        int rows = (int)shape[0], columns = (int)shape[1];
        Svd svd;
        try
        {
            svd = new Svd(change, rows, columns);
        }
        catch (ArithmeticException exception)
        {
            throw new MergeException($"tensor '{module}{Weight}' changes by a number that is not finite; one of the models is damaged.", exception);
        }

        int rank = 0;
        while (rank < Math.Min(options.MaximumRank, svd.Rank) && svd.Values[rank] > options.SingularValueThreshold) rank++;
        if (rank == 0) return;
        float[] left = new float[rows * rank], right = new float[rank * columns];
        for (int k = 0; k < rank; k++)
        {
            double root = Math.Sqrt(svd.Values[k]);
            ReadOnlySpan<double> u = svd.Left(k), v = svd.Right(k);
            for (int i = 0; i < rows; i++) left[(i * rank) + k] = (float)(u[i] * root);
            for (int j = 0; j < columns; j++) right[(k * columns) + j] = (float)(v[j] * root);
        }

        ranks.Add(module, rank);
        // An embedding's factors stand the other way round: its change is (B A)^T.
        entries.Add(embedding
            ? SafetensorsEntry.FromFloat32($"{Wrapper}{module}.lora_embedding_A", [rank, rows], Transposed(left, rows, rank), options.Type)
            : SafetensorsEntry.FromFloat32($"{Wrapper}{module}.lora_A{Weight}", [rank, columns], right, options.Type));
        entries.Add(embedding
            ? SafetensorsEntry.FromFloat32($"{Wrapper}{module}.lora_embedding_B", [columns, rank], Transposed(right, rank, columns), options.Type)
            : SafetensorsEntry.FromFloat32($"{Wrapper}{module}.lora_B{Weight}", [rows, rank], left, options.Type));
    }

    private static float[] Transposed(float[] matrix, int rows, int columns)
    {
        float[] result = new float[matrix.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) result[(j * rows) + i] = matrix[(i * columns) + j];
        }

        return result;
    }

    // alpha = r in every module, so that the scale is 1.
    private static string Config(string baseModel, SortedDictionary<string, int> ranks, SortedSet<string> saved)
    {
        int rank = ranks.Count == 0 ? 1 : ranks.Values.Max();
        JsonObject Pattern() => new(ranks.Where(entry => entry.Value != rank).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        return new JsonObject
        {
            ["peft_type"] = "LORA",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = rank,
            ["lora_alpha"] = rank,
            ["rank_pattern"] = Pattern(),
            ["alpha_pattern"] = Pattern(),
            ["use_rslora"] = false,
            ["use_dora"] = false,
            ["fan_in_fan_out"] = false,
            ["bias"] = "none",
            ["lora_dropout"] = 0.0,
            ["inference_mode"] = true,
            ["target_modules"] = new JsonArray([.. ranks.Keys.Select(module => (JsonNode)module)]),
            ["modules_to_save"] = saved.Count == 0 ? null : new JsonArray([.. saved.Select(name => name[..name.LastIndexOf('.')]).Distinct().Select(module => (JsonNode)module)]),
        }.ToJsonString(Indented) + "\n";
    }
}
