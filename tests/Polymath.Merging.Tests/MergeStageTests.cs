using Polymath.Merging.Configuration;
using Polymath.Merging.Planning;

namespace Polymath.Merging.Tests;

public sealed class MergeStageTests
{
    private static IReadOnlyList<MergeStage> Order(params string[] documents) => MergeStage.Order([.. documents.Select(document => MergeConfiguration.Parse(document, "m.yml"))]);

    private static string Linear(string? name, params string[] models) => $"{(name is null ? string.Empty : $"name: {name}\n")}merge_method: linear\nmodels:\n{string.Concat(models.Select(model => $"- model: {model}\n"))}";

    [Fact]
    public void Stages_stand_behind_what_they_merge_and_the_unnamed_one_is_last()
    {
        IReadOnlyList<MergeStage> stages = Order(Linear(null, "second", "first", "A"), Linear("second", "first+lora", "B"), Linear("unused", "C"), Linear("lora", "D"), Linear("first", "E"));
        Assert.Equal(["first", "lora", "second", null], stages.Select(stage => stage.Name));
        Assert.Contains("stage 'unused', so it is not run", Assert.Single(stages[^1].Configuration.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_model_and_slices_refer_to_stages_too()
        => Assert.Equal(["b", "a", "c", null], Order("merge_method: ties\nbase_model: b\nslices:\n- sources: [{model: a, layer_range: [0, 1]}]\n  base_model: c\n", Linear("c", "x"), Linear("a", "b"), Linear("b", "x")).Select(stage => stage.Name).OrderBy(name => name == "b" ? 0 : name == "a" ? 1 : name == "c" ? 2 : 3));

    [Fact]
    public void One_document_is_one_stage_with_or_without_a_name()
    {
        Assert.Single(Order(Linear(null, "A")));
        Assert.Single(Order(Linear("x", "A")));
    }

    [Theory]
    [InlineData("m.yml, line 2: the stages a -> b -> a refer to each other in a circle", "a", "b", "b", "a")]
    [InlineData("m.yml, line 2: the stages a -> a refer to each other in a circle", "a", "a", "b", "x")]
    [InlineData("m.yml, line 2: two stages have the name 'a'", "a", "x", "a", "y")]
    public void Circles_and_names_given_twice_are_refused(string expected, string first, string uses, string second, string usesToo)
        => Assert.Contains(expected, Assert.Throws<MergeException>(() => Order(Linear(null, "a"), Linear(first, uses), Linear(second, usesToo))).Message, StringComparison.Ordinal);

    [Fact]
    public void Exactly_one_document_has_no_name()
    {
        Assert.Contains("2 of 2 documents have no name", Assert.Throws<MergeException>(() => Order(Linear(null, "A"), Linear(null, "B"))).Message, StringComparison.Ordinal);
        Assert.Contains("0 of 2 documents have no name", Assert.Throws<MergeException>(() => Order(Linear("a", "A"), Linear("b", "B"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_is_found_by_its_name_before_any_folder()
    {
        using var models = new TemporaryModels();
        models.AddLlama("A", 1);
        string output = models.AddLlama("stage-output", 5);
        using MergePlan plan = MergePlanner.Plan(MergeConfiguration.Parse("merge_method: linear\nparameters: {weight: 1}\nmodels:\n- model: A\n- model: first\n"), new PlanOptions { Locator = new ModelLocator(models.Folder).With("first", output) });
        PlannedTensor norm = plan.Tensors.Single(tensor => tensor.Name == "model.norm.weight");
        Assert.Equal([3f, 3f], norm.Method!.Merge(norm.ToMerge(plan.Settings)));
    }
}
