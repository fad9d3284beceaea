using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>Collects what experts and gates do while a model runs, under the names of its tasks and groups.</summary>
/// <param name="tasks">Names of the tasks.</param>
/// <param name="groups">Names of the groups of tasks; empty for a model without any.</param>
/// <param name="outputs">Whether outputs of experts are kept, or only their names.</param>
internal sealed class ExpertTrace(IReadOnlyList<string> tasks, IReadOnlyList<string> groups, bool outputs)
{
    /// <summary>What everything that all tasks share is called.</summary>
    public const string SharedName = "shared";

    private readonly List<ExpertOutput> _experts = [];
    private readonly List<GateUse> _gates = [], _selfGates = [];

    /// <summary>What was collected.</summary>
    public ExpertActivity Activity => new(_experts, _gates, _selfGates);

    /// <summary>Takes the outputs of some experts, side by side in <c>[rows, count width]</c>.</summary>
    public void AddExperts(int level, ExpertOwner owner, int index, int count, Tensor bank)
    {
        int width = bank.Shape[1] / count;
        for (int e = 0; e < count; e++) _experts.Add(new ExpertOutput(level, Numbered(owner, index, e), owner, owner == ExpertOwner.Shared ? null : NameOf(owner, index), outputs ? bank.Slice(1, e * width, width).Keep() : default));
    }

    /// <summary>Takes the outputs of some experts on one input.</summary>
    public void AddExperts(int level, ExpertOwner owner, int index, IReadOnlyList<Mlp> experts, Tensor input)
        => AddExperts(level, owner, index, experts.Count, new MlpBank(experts).Forward(input));

    /// <summary>Takes the weights of a gate over the experts of some owners, in this order.</summary>
    public void AddGate(int level, ExpertOwner consumer, int index, Tensor weights, params ReadOnlySpan<(ExpertOwner Owner, int Index)> seen)
    {
        var names = new List<string>();
        foreach ((ExpertOwner owner, int at) in seen) names.AddRange(Own(level, owner, at));
        _gates.Add(Use(level, consumer, index, names, weights));
    }

    /// <summary>Takes the weights of an owner's self gate.</summary>
    public void AddSelfGate(int level, ExpertOwner owner, int index, Tensor weights) => _selfGates.Add(Use(level, owner, index, [.. Own(level, owner, index)], weights));

    private GateUse Use(int level, ExpertOwner consumer, int index, List<string> names, Tensor weights)
        => new(level, consumer == ExpertOwner.Task ? tasks[index] : null, names, weights.Keep()) { Consumer = NameOf(consumer, index), Owner = consumer };

    private IEnumerable<string> Own(int level, ExpertOwner owner, int index)
        => _experts.Where(expert => expert.Level == level && expert.Owner == owner && (owner == ExpertOwner.Shared || expert.OwnerName == NameOf(owner, index))).Select(expert => expert.Name);

    private string NameOf(ExpertOwner owner, int index) => owner switch { ExpertOwner.Task => tasks[index], ExpertOwner.Group => groups[index], _ => SharedName };

    private string Numbered(ExpertOwner owner, int index, int expert) => string.Create(CultureInfo.InvariantCulture, $"{NameOf(owner, index)}.{expert}");
}
