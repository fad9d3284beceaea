using System.Text.Json.Nodes;
using Polymath.Merging.Configuration;
using Polymath.Merging.Planning;
using Polymath.Merging.Tokenizers;
using Polymath.Tensors.Safetensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

public sealed class TokenizerTests : IDisposable
{
    private const string Added = "<|im|>";
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    private MergePlan Plan(string yaml) => MergePlanner.Plan(MergeConfiguration.Parse(yaml, "m.yml"), new PlanOptions { Locator = new ModelLocator(_models.Folder) });

    private static float[] Merged(MergePlan plan, string name)
    {
        PlannedTensor tensor = plan.Tensors.Single(tensor => tensor.Name == name);
        float[] merged = tensor.Method!.Merge(tensor.ToMerge(plan.Settings));
        Assert.Equal(tensor.Elements, merged.Length);
        return merged;
    }

    private static string Text(MergePlan plan, string name) => plan.Files.Single(file => file.Name == name).Text!;

    // Tokens "t0", "t1", ... are the given ones; row i of the embedding is filled with value + i.
    private void AddModel(string name, float value, string[] tokens, int? rows = null, string[]? merges = null)
    {
        int count = rows ?? tokens.Length;
        float[] embedding = [.. Enumerable.Range(0, 2 * count).Select(i => value + (i / 2))];
        string folder = _models.Add(name, [("model.embed_tokens.weight", [count, 2], embedding), ("lm_head.weight", [count, 2], embedding), TemporaryModels.Filled("model.layers.0.w", value, 2)], TemporaryModels.Config(1, count));
        var vocabulary = new JsonObject(tokens.Where(token => token != Added).Select(token => KeyValuePair.Create(token, (JsonNode?)Array.IndexOf(tokens, token))));
        JsonArray added = [.. tokens.Where(token => token == Added).Select(token => (JsonNode)new JsonObject { ["id"] = Array.IndexOf(tokens, token), ["content"] = token, ["special"] = true })];
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), new JsonObject { ["added_tokens"] = added, ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. (merges ?? []).Select(merge => (JsonNode)merge)]) } }.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"), string.Empty);
    }

    [Fact]
    public void The_union_has_the_bases_ids_then_new_tokens_then_added_ones()
    {
        AddModel("A", 0, ["a", "b", "ab"], merges: ["a b"]);
        AddModel("B", 100, [Added, "b", "c", "bc"], merges: ["b c", "x y"]);
        using MergePlan plan = Plan("merge_method: linear\nparameters: {weight: 1}\ntokenizer_source: union\nmodels:\n- model: A\n- model: B\n");
        // a, b, ab, c, bc, <|im|>: a and ab only in A, b in both, the others only in B.
        float[] expected = [0, (1 + 101) / 2f, 2, 102, 103, 100];
        Assert.Equal(expected.SelectMany(value => new[] { value, value }), Merged(plan, "model.embed_tokens.weight"));
        Assert.Equal(expected.SelectMany(value => new[] { value, value }), Merged(plan, "lm_head.weight"));
        Assert.Equal(6, JsonNode.Parse(Text(plan, "config.json"))!["vocab_size"]!.GetValue<int>());
        JsonNode tokenizer = JsonNode.Parse(Text(plan, "tokenizer.json"))!;
        Assert.Equal(["a", "b", "ab", "c", "bc"], tokenizer["model"]!["vocab"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(["a b", "b c"], tokenizer["model"]!["merges"]!.AsArray().Select(rule => rule!.GetValue<string>()));
        JsonNode added = Assert.Single(tokenizer["added_tokens"]!.AsArray())!;
        Assert.Equal((5, true), (added["id"]!.GetValue<int>(), added["special"]!.GetValue<bool>()));
        Assert.DoesNotContain(plan.Files, file => file.Name == "merges.txt");
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void Tokens_without_a_row_count_as_missing_and_padding_is_the_mean()
    {
        AddModel("A", 0, ["a", "b", "c"], rows: 2);
        AddModel("B", 100, ["c", "a", "b"]);
        using MergePlan plan = Plan("merge_method: passthrough\nmodels:\n- model: B\nbase_model: A\ntokenizer: {source: B, pad_to_multiple_of: 4, tokens: {new: {source: {kind: zero}}, z: , c: {source: {kind: model_token, model: A, token_id: 1}, force: true}}}\n");
        // c is forced to A's row 1; a and b are B's own; new is zero by request; z is in no model; the rows up to 8 are the mean of the five.
        float mean = (1 + 101 + 102 + 0 + 0) / 5f;
        float[] expected = [1, 101, 102, 0, 0, mean, mean, mean];
        Assert.Equal(expected.SelectMany(value => new[] { value, value }), Merged(plan, "model.embed_tokens.weight"));
        Assert.Contains(plan.Warnings, warning => warning.Contains("1 token is in no model, such as 'z'", StringComparison.Ordinal));
        Assert.Equal(8, JsonNode.Parse(Text(plan, "config.json"))!["vocab_size"]!.GetValue<int>());
    }

    [Fact]
    public void Rules_keep_their_form_and_go_with_the_token_that_they_make()
    {
        AddModel("A", 0, ["a", "b", "c", "a b", "bc"], rows: 4);
        AddModel("B", 100, ["a", "b", "c", "cc"], merges: ["c c"]);
        string path = Path.Combine(_models.Folder, "A", "tokenizer.json");
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
        tokenizer["model"]!["merges"] = new JsonArray(new JsonArray("a", " b"), new JsonArray("b", "c"));
        File.WriteAllText(path, tokenizer.ToJsonString());
        using MergePlan plan = Plan("merge_method: linear\nparameters: {weight: 1}\ntokenizer_source: union\nmodels:\n- model: A\n- model: B\n");
        JsonNode written = JsonNode.Parse(Text(plan, "tokenizer.json"))!["model"]!;
        Assert.Equal(["a", "b", "c", "a b", "cc"], written["vocab"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal("""[["a"," b"],["c","c"]]""", written["merges"]!.ToJsonString());
    }

    [Theory]
    [InlineData("tokenizer_source: C", "line 2: the tokenizer comes from model 'C', which is none of the merged models: A, B.")]
    [InlineData("tokenizer: {tokens: {a: {source: C}}}", "line 2: token 'a' takes its embedding from model 'C', which is none of the merged models: A, B.")]
    [InlineData("tokenizer: {tokens: {d: {source: A}}}", "line 2: token 'd' takes the embedding of token 'd' of model 'A', which has no such row.")]
    [InlineData("tokenizer: {tokens: {d: {source: {kind: model_token, model: A, token_id: 9}}}}", "the embedding of id 9 of model 'A'")]
    public void A_source_that_is_not_there_is_refused(string tokenizer, string expected)
    {
        AddModel("A", 0, ["a", "b"]);
        AddModel("B", 1, ["a", "b"]);
        string yaml = $"merge_method: linear\n{tokenizer}\nparameters: {{weight: 1}}\nmodels:\n- model: A\n- model: B\n";
        Assert.Contains(expected, Assert.Throws<MergeException>(() => Plan(yaml)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_models.Folder, "B", "tokenizer.json"));
        Assert.Contains("has no tokenizer", Assert.Throws<MergeException>(() => Plan(yaml)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chat_template_is_set_by_name_or_taken_from_most_models()
    {
        foreach ((string name, string template) in (ReadOnlySpan<(string, string)>)[("A", "{{ one }}"), ("B", "{{ two }}"), ("C", "{{ two }}")])
        {
            AddModel(name, 1, ["a", "b"]);
            File.WriteAllText(Path.Combine(_models.Folder, name, "tokenizer_config.json"), new JsonObject { ["chat_template"] = template, ["bos_token"] = "a" }.ToJsonString());
        }

        foreach ((string setting, string expected) in (ReadOnlySpan<(string, string)>)[("auto", "{{ two }}"), ("chatml", "<|im_start|>"), ("\"{% for m in messages %}x{% endfor %}\"", "{% for m in messages %}")])
        {
            using MergePlan plan = Plan($"merge_method: linear\nparameters: {{weight: 1}}\nchat_template: {setting}\nmodels:\n- model: A\n- model: B\n- model: C\n");
            JsonNode config = JsonNode.Parse(Text(plan, "tokenizer_config.json"))!;
            Assert.Contains(expected, config["chat_template"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Equal("a", config["bos_token"]!.GetValue<string>());
        }
    }

    [Fact]
    public void A_real_model_and_a_variant_with_one_more_token_are_aligned_by_token()
    {
        string stories = SharedFiles.RequireData("..", "models", "stories260K");
        string variant = Directory.CreateDirectory(Path.Combine(_models.Folder, "variant")).FullName;
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(stories, "config.json")))!.AsObject(), tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(stories, "tokenizer.json")))!.AsObject();
        config["vocab_size"] = 513;
        tokenizer["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 512, ["content"] = Added, ["special"] = true });
        File.WriteAllText(Path.Combine(variant, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(variant, "tokenizer.json"), tokenizer.ToJsonString());
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(stories, "model.safetensors")))
        {
            SafetensorsWriter.Write(Path.Combine(variant, "model.safetensors"), file.Names.Select(name =>
            {
                long[] shape = [.. file[name].Shape];
                float[] values = new float[file[name].Elements];
                file.ReadFloat32(name, values);
                return name == "model.embed_tokens.weight" ? SafetensorsEntry.FromFloat32(name, [513, shape[1]], values.Concat(Enumerable.Repeat(7f, (int)shape[1])).ToArray()) : SafetensorsEntry.FromFloat32(name, shape, values);
            }).ToArray());
        }

        string yaml = $"merge_method: linear\nparameters: {{weight: 0.5}}\ntokenizer_source: union\nmodels:\n- model: {stories}\n- model: variant\n";
        using MergePlan plan = Plan(yaml);
        using SafetensorsFile first = SafetensorsFile.Open(Path.Combine(stories, "model.safetensors"));
        float[] original = new float[first["model.embed_tokens.weight"].Elements], merged = Merged(plan, "model.embed_tokens.weight");
        first.ReadFloat32("model.embed_tokens.weight", original);
        Assert.Equal(original, merged[..original.Length]);
        Assert.All(merged[original.Length..], value => Assert.Equal(7f, value));
        string written = Directory.CreateDirectory(Path.Combine(_models.Folder, "written")).FullName;
        File.WriteAllText(Path.Combine(written, "tokenizer.json"), Text(plan, "tokenizer.json"));
        Vocabulary before = Vocabulary.Read(stories), after = Vocabulary.Read(written);
        Assert.Equal(512, before.Ids.Count);
        Assert.Equal(513, after.Ids.Count);
        Assert.All(before.Ids, entry => Assert.Equal(entry.Value, after.Ids[entry.Key]));
        Assert.Equal(512, after.Ids[Added]);
    }

    [Fact]
    public void Both_forms_of_a_real_tokenizer_hold_the_same_vocabulary()
    {
        string gpt2 = SharedFiles.RequireData("..", "models", "tokenizers", "gpt2"), copy = Directory.CreateDirectory(Path.Combine(_models.Folder, "gpt2")).FullName;
        File.Copy(Path.Combine(gpt2, "vocab.json"), Path.Combine(copy, "vocab.json"));
        Vocabulary tokenizer = Vocabulary.Read(gpt2), map = Vocabulary.Read(copy);
        Assert.Equal(50257, tokenizer.Ids.Count);
        Assert.Equal(map.Ids.OrderBy(entry => entry.Value), tokenizer.Ids.OrderBy(entry => entry.Value));
        Assert.Equal(30522, Vocabulary.Read(SharedFiles.RequireData("..", "models", "tokenizers", "bert-uncased")).Ids.Count);
    }
}
