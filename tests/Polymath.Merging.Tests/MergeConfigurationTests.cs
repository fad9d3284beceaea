using Polymath.Merging.Configuration;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

public sealed class MergeConfigurationTests
{
    private const string Two = "models:\n- model: A\n- model: B\n";

    [Theory]
    [InlineData("path", "path", null, null, null)]
    [InlineData("org/model@v1", "org/model", "v1", null, null)]
    [InlineData("org/model@v1+adapter@2", "org/model", "v1", "adapter", "2")]
    [InlineData("./a+b", "./a", null, "b", null)]
    public void A_reference_is_a_path_with_revision_and_adapter(string text, string path, string? revision, string? lora, string? loraRevision)
    {
        ModelReference reference = ModelReference.Parse(text);
        Assert.Equal(new ModelPath(path, revision), reference.Model);
        Assert.Equal(lora is null ? null : new ModelPath(lora, loraRevision), reference.Lora);
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("a+b+c", "2 '+'")]
    [InlineData("a@b@c", "2 '@'")]
    [InlineData("a+", "empty part")]
    [InlineData("", "empty part")]
    public void A_reference_with_a_part_too_many_or_too_few_is_refused(string text, string expected)
        => Assert.Contains(expected, Assert.Throws<MergeException>(() => ModelReference.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_gradients_and_filters_are_read()
    {
        MergeConfiguration configuration = MergeConfiguration.Parse("""
            merge_method: ties
            base_model: {model: {path: a+b, revision: r}, lora: l}
            models:
            - model: A
              parameters:
                weight: 0.25
                density: [1, 0.5, 0]
                gamma:
                - {filter: mlp, value: [0, 1]}
                - value: 7
            parameters: {normalize: yes, lambda: 1e-1, int8_mask: .inf, mode: "1"}
            dtype: torch.bfloat16
            out_dtype: float16
            """);
        ParameterTable table = configuration.Models![0].Parameters;
        Assert.Equal(0.25, table.Find("weight")!.Evaluate("x", 0.3));
        Assert.Equal(0.75, table.Find("density")!.Evaluate("x", 0.25));
        Assert.Equal(0.0, table.Find("density")!.Evaluate("x", 1));
        Assert.Equal(0.5, table.Find("gamma")!.Evaluate("layers.1.mlp.w", 0.5));
        Assert.Equal(7.0, table.Find("gamma")!.Evaluate("layers.1.attn.w", 0.5));
        Assert.Equal(true, configuration.Parameters.Find("normalize")!.Evaluate("x", 0));
        Assert.Equal(0.1, configuration.Parameters.Find("lambda")!.Evaluate("x", 0));
        Assert.Equal(double.PositiveInfinity, configuration.Parameters.Find("int8_mask")!.Evaluate("x", 0));
        Assert.Equal("1", configuration.Parameters.Find("mode")!.Evaluate("x", 0));
        Assert.Equal(new ModelReference(new("a+b", "r"), new("l")), configuration.BaseModel);
        Assert.Equal(SafetensorsType.BF16, configuration.Type);
        Assert.Equal(SafetensorsType.F16, configuration.OutputType);
        Assert.Empty(configuration.Warnings);
    }

    [Fact]
    public void A_gradient_of_texts_takes_the_anchor_before()
    {
        var gradient = new Gradient(["a", "b", "c"]);
        Assert.Equal("a", gradient.At(0.49));
        Assert.Equal("b", gradient.At(0.5));
        Assert.Equal("c", gradient.At(1));
    }

    [Fact]
    public void Merge_keys_and_anchors_are_followed()
    {
        MergeConfiguration configuration = MergeConfiguration.Parse("merge_method: linear\nmodels:\n- &a\n  model: A\n  parameters: &p {weight: 2}\n- {<<: *a, model: B}\n");
        Assert.Equal("B", configuration.Models![1].Model.ToString());
        Assert.Equal(2.0, configuration.Models[1].Parameters.Find("weight")!.Evaluate("x", 0));
    }

    [Theory]
    [InlineData("merge_metod: linear\nmerge_method: linear\n" + Two, "line 1: 'merge_metod' is no key of a merge and has no effect; did you mean 'merge_method'?")]
    [InlineData("merge_method: linear\nmodels:\n- {model: A, weight: 1}\n", "line 3: 'weight' is no key of a model")]
    [InlineData("merge_method: linear\nparameters: {weight: {filter: mlp, value: 1}}\n" + Two, "without a list around it")]
    [InlineData("merge_method: linear\nparameters: {weight: [{value: 1}, {filter: mlp, value: 2}]}\n" + Two, "matches every tensor, so this one has no effect")]
    [InlineData("merge_method: passthrough\nslices:\n- {sources: [{model: A, layer_range: [0, 1]}], residual_weight: 1}\n", "'residual_weight' of a slice has no effect")]
    public void What_has_no_effect_is_warned_of(string yaml, string expected)
        => Assert.Contains(expected, Assert.Single(MergeConfiguration.Parse(yaml, "m.yml").Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "m.yml: the configuration is empty")]
    [InlineData("a: [", "m.yml, line 2: not valid YAML")]
    [InlineData("- a\n", "line 1: expected a merge as a mapping (key: value), found a list.")]
    [InlineData("merge_method: linear\nmerge_method: ties\n" + Two, "line 2: not valid YAML")]
    [InlineData(Two, "merge_method is missing")]
    [InlineData("merge_method: linear\n", "found none of models, slices and modules, expected exactly one")]
    [InlineData("merge_method: linear\nslices: []\n" + Two, "found models and slices")]
    [InlineData("merge_method: linear\nmodels: []\n", "the list of models is empty")]
    [InlineData("merge_method: linear\nslices: []\n", "the list of slices is empty")]
    [InlineData("merge_method: linear\nmodels: A\n", "line 2: 'models' of a merge is 'A', expected a list.")]
    [InlineData("merge_method: linear\nmodels:\n- model: A\n- model: A\n", "line 4: model 'A' is listed twice in the models (first in line 3), expected once")]
    [InlineData("merge_method: linear\nmodels:\n- parameters: {}\n", "line 3: a model has no 'model'.")]
    [InlineData("merge_method: linear\nmodels:\n- model: a@b@c\n", "line 3: model 'a@b@c' has 2 '@'")]
    [InlineData("merge_method: linear\ndtype: float23\n" + Two, "line 2: unknown type 'float23'; did you mean 'float32'?")]
    [InlineData("merge_method: linear\nout_dtype: int64\n" + Two, "line 2: type 'int64' would cut the weights to integers")]
    [InlineData("merge_method: linear\nslices:\n- sources:\n  - model: A\n    layer_range: [0, 2]\n  - model: B\n    layer_range: [0, 3]\n", "line 6: model 'B' gives 3 layers [0, 3) to a slice and model 'A' 2 [0, 2), expected the same number.")]
    [InlineData("merge_method: linear\nslices:\n- sources:\n  - {model: A, layer_range: [0, 2]}\n  - {model: A, layer_range: [2, 4]}\n", "line 5: model 'A' is listed twice in the sources of a slice")]
    [InlineData("merge_method: linear\nslices:\n- sources:\n  - {model: A, layer_range: [2, 2]}\n", "line 4: the layer_range of model 'A' is [2, 2]")]
    [InlineData("merge_method: linear\nslices:\n- sources:\n  - {model: A}\n", "line 4: model 'A' has no 'layer_range'")]
    [InlineData("merge_method: linear\nparameters: {weight: [1, {value: 2}]}\n" + Two, "mixes values with {filter, value} items")]
    [InlineData("merge_method: linear\nparameters: {weight: [{filter: mlp}]}\n" + Two, "an item of parameter 'weight' has no 'value'.")]
    [InlineData("merge_method: linear\nparameters: {weight: []}\n" + Two, "line 2: a list of values is empty")]
    [InlineData("merge_method: linear\ntokenizer_source: union\ntokenizer: {source: base}\n" + Two, "found both tokenizer_source and tokenizer")]
    [InlineData("merge_method: linear\ntokenizer: {pad_to_multiple_of: 0}\n" + Two, "pad_to_multiple_of is 0")]
    [InlineData("merge_method: linear\ntokenizer: {tokens: {x: {source: {kind: zeros}}}}\n" + Two, "the source of token 'x' has the kind 'zeros'")]
    [InlineData("merge_method: linear\ntokenizer: {tokens: {x: {source: {kind: model_token, model: A}}}}\n" + Two, "neither token nor token_id")]
    [InlineData("merge_method: linear\nchat_template: chatlm\n" + Two, "line 2: chat_template 'chatlm' is neither a known name nor a Jinja template; did you mean 'chatml'?")]
    [InlineData("name: a\nmerge_method: linear\n" + Two + "---\nmerge_method: linear\n" + Two, "found 2 documents, expected one merge")]
    public void What_cannot_be_meant_is_refused_in_one_sentence(string yaml, string expected)
    {
        string message = Assert.Throws<MergeException>(() => MergeConfiguration.Parse(yaml, "m.yml")).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.EndsWith(message.EndsWith('?') ? "?" : ".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_are_read_one_by_one_with_their_own_text()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "# stages\n---\nname: first\nmerge_method: linear\n" + Two + "---\nmerge_method: ties\n" + Two);
        try
        {
            IReadOnlyList<MergeConfiguration> all = MergeConfiguration.LoadAll(path);
            Assert.Equal(["first", null], all.Select(configuration => configuration.Name));
            Assert.StartsWith("name: first", all[0].Text, StringComparison.Ordinal);
            Assert.StartsWith("merge_method: ties", all[1].Text, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
