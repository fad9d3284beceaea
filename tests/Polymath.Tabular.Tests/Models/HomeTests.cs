using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>What HoME does besides its equations: groups, switches, and options that cannot be meant.</summary>
public sealed class HomeTests
{
    private static readonly TaskSet s_tasks = new(Target.Binary("like"), Target.Binary("comment"), Target.Binary("long_view"));
    private static readonly TaskGroup[] s_groups = [new("inter", ["like", "comment"]), new("watch", ["long_view"])];
    private static readonly HoMEOptions s_small = new() { Groups = s_groups, ExpertHidden = [8], LoraRank = 2, TowerHidden = [4] };

    [Fact]
    public void Groups_survive_a_command_line_and_a_saved_configuration()
    {
        const string Text = "inter:like+comment/watch:long_view";
        var specification = ModelSpecification.Parse($"home:groups={Text},expert-hidden=8,lora-rank=2");
        var model = (HoME)specification.Create(FeatureSchema.Numeric(6), s_tasks, seed: 1);
        Assert.Equal(s_groups.Select(group => $"{group.Name}={string.Join(',', group.Tasks)}"), model.Groups.Select(group => $"{group.Name}={string.Join(',', group.Tasks)}"));
        Assert.Equal(Text, model.OptionValues["groups"]);
        Assert.Equal(Text, ModelSpecification.Parse(ModelSpecification.Of(model).ToString()).Options["groups"]);
    }

    [Fact]
    public void Marks_within_names_are_escaped()
    {
        var tasks = new TaskSet(Target.Binary("a+b"), Target.Binary("c/d, e:f"), Target.Binary("50%"));
        var model = new HoME(FeatureSchema.Numeric(6), tasks, s_small with { Groups = [new("x:y", ["a+b", "50%"]), new("z", ["c/d, e:f"])] });
        Assert.Equal("x%3Ay:a%2Bb+50%25/z:c%2Fd%2C e%3Af", model.OptionValues["groups"]);
        var again = (HoME)ModelSpecification.Parse(ModelSpecification.Of(model).ToString()).Create(FeatureSchema.Numeric(6), tasks, seed: 0);
        Assert.Equal(["a+b", "50%", "c/d, e:f"], again.Groups.SelectMany(group => group.Tasks));
    }

    [Fact]
    public void Without_groups_there_is_one_per_kind_of_task_and_a_note_says_so()
    {
        var model = new HoME(FeatureSchema.Numeric(6), TinyProblem.Tasks(3), new HoMEOptions { ExpertHidden = [8], LoraRank = 2 });
        Assert.Equal(["binary tasks", "regression tasks", "multiClass tasks"], model.Groups.Select(group => group.Name));
        Assert.Contains("name those that belong together", Assert.Single(model.Notes), StringComparison.Ordinal);
        Assert.Equal("auto", model.OptionValues["groups"]);
    }

    [Theory]
    [InlineData("inter:like/watch:long_view", "task 'comment' is in no group")]
    [InlineData("inter:like", "tasks 'comment', 'long_view' are in no group")]
    [InlineData("inter:like+comment/watch:long_view+like", "task 'like' is listed in group 'inter' and again in group 'watch'")]
    [InlineData("inter:like+like+comment/watch:long_view", "again in group 'inter'")]
    [InlineData("inter:like+comment+long_view/watch:", "group 'watch' has no tasks")]
    [InlineData("shared:like+comment/watch:long_view", "is named 'shared'")]
    [InlineData("inter:like/inter:comment+long_view", "group 'inter' is given twice")]
    [InlineData("like:comment+like/watch:long_view", "as one of the tasks is")]
    [InlineData("inter:like+coment/watch:long_view", "did you mean 'comment'?")]
    [InlineData(":like+comment/watch:long_view", "has no name")]
    [InlineData("like+comment+long_view", "expected groups of tasks such as inter:like+comment/watch:long_view")]
    public void Groups_that_do_not_hold_every_task_once_are_refused(string groups, string part)
        => Assert.Contains(part, Assert.Throws<ModelException>(() => TabularModels.Create("home", FeatureSchema.Numeric(6), s_tasks, new Dictionary<string, string> { ["groups"] = groups })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("lora-count", "0", "expected at least 1, or feature-gate=false")]
    [InlineData("lora-rank", "0", "lora-rank=0 is not allowed")]
    [InlineData("expert-norm", "group-norm", "batch-norm-swish | relu | layer-norm-swish")]
    public void Values_that_cannot_work_are_refused(string option, string value, string part)
        => Assert.Contains(part, Assert.Throws<ModelException>(() => TabularModels.Create("home", FeatureSchema.Numeric(6), s_tasks, new Dictionary<string, string> { [option] = value })).Message, StringComparison.Ordinal);

    [Fact]
    public void No_experts_at_a_level_are_refused()
    {
        Refused(s_small with { MetaSharedExperts = 0, MetaGroupExperts = 0 }, "meta-group-experts are both 0");
        Refused(s_small with { SharedExperts = 0, GroupExperts = 0, TaskExperts = 0 }, "are all 0");
        _ = new HoME(FeatureSchema.Numeric(6), s_tasks, s_small with { MetaSharedExperts = 0, MetaGroupExperts = 0, Hierarchy = false });
        _ = new HoME(FeatureSchema.Numeric(6), s_tasks, s_small with { FeatureGate = false, LoraCount = 0 });

        static void Refused(HoMEOptions options, string part) => Assert.Contains(part, Assert.Throws<ModelException>(() => new HoME(FeatureSchema.Numeric(6), s_tasks, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_cannot_be_meant_are_noted()
    {
        Assert.Empty(new HoME(FeatureSchema.Numeric(6), s_tasks, s_small).Notes);
        HoMEOptions one = s_small with { Groups = [new("all", ["like", "comment", "long_view"])] };
        Assert.Contains("one group of tasks", Assert.Single(new HoME(FeatureSchema.Numeric(6), s_tasks, one).Notes), StringComparison.Ordinal);
        Assert.Empty(new HoME(FeatureSchema.Numeric(6), s_tasks, one with { Hierarchy = false }).Notes);
        HoMEOptions wide = s_small with { LoraRank = 4 };
        Assert.Contains("more than half of the width 6 of the input", Assert.Single(new HoME(FeatureSchema.Numeric(6), s_tasks, wide).Notes), StringComparison.Ordinal);
        Assert.Equal(2, new HoME(FeatureSchema.Numeric(6), s_tasks, s_small with { LoraRank = 5 }).Notes.Count);
        Assert.Empty(new HoME(FeatureSchema.Numeric(6), s_tasks, wide with { FeatureGate = false }).Notes);
    }

    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(2, 0, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(2, 1, 0)]
    public void Owners_without_experts_are_passed_over(int shared, int group, int task)
    {
        HoMEOptions options = s_small with { SharedExperts = shared, GroupExperts = group, TaskExperts = task };
        var model = new HoME(FeatureSchema.Numeric(6), s_tasks, options);
        Assert.All(TinyProblem.Forward(model, Batch()), output => Assert.All(output.ToArray(), value => Assert.True(float.IsFinite(value))));
        ExpertActivity activity = model.Activity(Batch());
        Assert.Equal(task == 0 ? 0 : 3, activity.SelfGates.Count(gate => gate.Level == 1));
        Assert.Equal(shared + group + task, activity.Gates.First(gate => gate.Task == "like").Experts.Count);
    }

    [Fact]
    public void A_group_is_out_of_reach_for_the_experts_of_another()
    {
        var layer = new HoMEMetaLayer(4, groups: 2, new HoMELayerOptions { SharedExperts = 1, GroupExperts = 2, Expert = new MlpOptions { Hidden = [3] }, FeatureGate = new FeatureGateOptions { Rank = 1 } }, new RandomStream(1));
        using var tape = new Tape();
        var z = new Tensor[3];
        layer.Forward(Tensor.Ones(2, 4), z);
        KeyValuePair<string, Parameter>[] parameters = [.. layer.NamedParameters()];
        bool[,] reach = tape.Reach([z[0].Sum(), z[1].Sum(), z[2].Sum()], [.. parameters.Select(entry => entry.Value.Value)]);
        for (int p = 0; p < parameters.Length; p++)
        {
            string name = parameters[p].Key;
            if (name.StartsWith("groups.", StringComparison.Ordinal)) Assert.Equal([name[7] == '0', name[7] == '1'], new[] { reach[0, p], reach[1, p] });
            if (name.StartsWith("groups.", StringComparison.Ordinal) && !name.Contains("self_gate", StringComparison.Ordinal)) Assert.True(reach[2, p]);
            if (name.StartsWith("shared.experts", StringComparison.Ordinal)) Assert.True(reach[0, p] && reach[1, p] && reach[2, p]);
        }
    }

    [Fact]
    public void Without_hierarchy_every_task_mixes_all_experts()
    {
        var model = new HoME(FeatureSchema.Numeric(6), s_tasks, s_small with { Hierarchy = false });
        Assert.Null(model.Meta);
        ExpertActivity activity = model.Activity(Batch());
        string[] all = ["shared.0", "shared.1", "inter.0", "inter.1", "watch.0", "watch.1", "like.0", "comment.0", "long_view.0"];
        Assert.Equal(all, activity.Experts.Select(expert => expert.Name));
        Assert.All(activity.Gates, gate => Assert.Equal(all, gate.Experts));
        Assert.Contains("hierarchy=true", Assert.Throws<ModelException>(() => model.GetMetaRepresentation(Batch())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expert-norm=relu")]
    [InlineData("expert-norm=layer-norm-swish")]
    [InlineData("gate-input=gated")]
    [InlineData("gate-input=gated,hierarchy=false")]
    [InlineData("feature-gate-kind=mlp")]
    [InlineData("feature-gate=false,gate-input=gated")]
    [InlineData("self-gate=false,expert-hidden=8/4")]
    public void Every_switch_gives_a_model_whose_options_make_it_again(string options)
    {
        TabularModel model = ModelSpecification.Parse($"home:groups=inter:like+comment/watch:long_view,lora-rank=2,expert-hidden=8,{options}".Replace("expert-hidden=8,self", "self", StringComparison.Ordinal)).Create(FeatureSchema.Numeric(6), s_tasks, seed: 1);
        TabularModel again = ModelSpecification.Of(model).Create(FeatureSchema.Numeric(6), s_tasks, seed: 1);
        model.Evaluate();
        again.Evaluate();
        Assert.Equal(TinyProblem.Forward(model, Batch()).SelectMany(output => output.ToArray()), TinyProblem.Forward(again, Batch()).SelectMany(output => output.ToArray()));
    }

    [Fact]
    public void One_row_trains_with_layer_normalisation_only()
    {
        Assert.Contains("at least 2", Assert.Throws<TensorException>(() => TinyProblem.Forward(new HoME(FeatureSchema.Numeric(6), s_tasks, s_small), Batch(1))).Message, StringComparison.Ordinal);
        TinyProblem.Forward(new HoME(FeatureSchema.Numeric(6), s_tasks, s_small with { ExpertNorm = ExpertNorm.LayerNormSwish }), Batch(1));
    }

    private static Batch Batch(int rows = 5) => new() { Rows = rows, Numeric = Tensor.Normal(new RandomStream(4), new Shape(rows, 6)).Keep(), Categories = new IndexTensor([rows, 0]), Targets = Tensor.Zeros(rows, 3) };
}
