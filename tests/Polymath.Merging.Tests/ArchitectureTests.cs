using System.Text.Json.Nodes;
using Polymath.Merging.Architectures;

namespace Polymath.Merging.Tests;

public sealed class ArchitectureTests
{
    [Theory]
    [InlineData("model.layers.", "model.embed_tokens.weight", "model.norm.weight", "lm_head.weight")]
    [InlineData("transformer.h.", "transformer.wte.weight", "transformer.ln_f.bias", "lm_head.weight")]
    [InlineData("h.", "wte.weight", "ln_f.bias", "lm_head.weight")]
    [InlineData("bert.encoder.layer.", "bert.embeddings.word_embeddings.weight", "bert.pooler.dense.weight", "cls.predictions.decoder.weight")]
    [InlineData("gpt_neox.layers.", "gpt_neox.embed_in.weight", "gpt_neox.final_layer_norm.weight", "embed_out.weight")]
    public void Layers_and_roles_are_found_from_names(string prefix, string embedding, string output, string head)
    {
        string[] names = [embedding, output, head, .. Enumerable.Range(0, 12).SelectMany(i => new[] { $"{prefix}{i}.attn.weight", $"{prefix}{i}.experts.3.w1.weight" })];
        Architecture found = Architecture.Of("m", names, new JsonObject { ["n_layer"] = 12, ["model_type"] = "x" });
        Assert.Equal((prefix, 12, "x"), (found.LayerPrefix, found.Layers, found.Name));
        Assert.Equal([TensorRole.Embedding, TensorRole.Output, TensorRole.Head, TensorRole.Layer], new[] { embedding, output, head, $"{prefix}11.attn.weight" }.Select(found.RoleOf));
        Assert.True(found.TryLayer($"{prefix}10.experts.3.w1.weight", out int layer, out string suffix));
        Assert.Equal((10, ".experts.3.w1.weight"), (layer, suffix));
        Assert.Equal($"{prefix}10.experts.3.w1.weight", found.LayerName(10, suffix));
    }

    [Theory]
    [InlineData("vit.embeddings.position_embeddings", TensorRole.Input)]
    [InlineData("vit.embeddings.cls_token", TensorRole.Input)]
    [InlineData("vit.embeddings.patch_embeddings.projection.weight", TensorRole.Input)]
    [InlineData("vit.layernorm.weight", TensorRole.Output)]
    [InlineData("classifier.weight", TensorRole.Output)]
    [InlineData("vit.encoder.layer.12.w", TensorRole.Output)]
    public void Tensors_of_a_vision_transformer_have_their_roles(string name, TensorRole role)
        => Assert.Equal(role, Architecture.Of("m", Enumerable.Range(0, 13).Select(i => $"vit.encoder.layer.{i}.w"), new JsonObject { ["num_hidden_layers"] = 12 }).RoleOf(name));

    [Fact]
    public void A_network_of_several_stages_has_no_one_stack()
    {
        Architecture found = Architecture.Of("m", ["layer1.0.conv1.weight", "layer1.1.conv1.weight", "layer2.0.conv1.weight", "layer2.1.conv1.weight", "conv1.weight"], null);
        Assert.Equal((null, 0, "unknown"), (found.LayerPrefix, found.Layers, found.Name));
    }
}
