using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>
/// Groups of tasks as text, <c>inter:like+comment/watch:long_view</c>: groups apart by '/', a name and its tasks by ':', tasks by '+'. Such a
/// character, a comma or '%' within a name is written as '%' and two hexadecimal digits: <c>%2B</c> is '+'.
/// </summary>
internal static class TaskGroups
{
    public const string Auto = "auto", Form = "groups of tasks such as inter:like+comment/watch:long_view";

    private const char BetweenGroups = '/', AfterName = ':', BetweenTasks = '+';
    private static readonly char[] s_marks = ['%', ',', BetweenGroups, AfterName, BetweenTasks];

    /// <summary>The text.</summary>
    public static string Write(IReadOnlyList<TaskGroup> groups)
        => groups.Count == 0 ? Auto : string.Join(BetweenGroups, groups.Select(group => $"{Escape(group.Name)}{AfterName}{string.Join(BetweenTasks, group.Tasks.Select(Escape))}"));

    /// <summary>What the text says, or null when it is not of this form. Tasks and names may still be missing.</summary>
    public static IReadOnlyList<TaskGroup>? Read(string text)
    {
        if (string.Equals(text, Auto, StringComparison.OrdinalIgnoreCase)) return [];
        var groups = new List<TaskGroup>();
        foreach (string part in text.Split(BetweenGroups))
        {
            string[] sides = part.Split(AfterName);
            if (sides.Length != 2) return null;
            groups.Add(new TaskGroup(Unescape(sides[0]), sides[1].Trim().Length == 0 ? [] : [.. sides[1].Split(BetweenTasks).Select(Unescape)]));
        }

        return groups;
    }

    /// <summary>The groups of a model: those given, after checking that they hold every task once, else one group per kind of task.</summary>
    /// <exception cref="ModelException">A task is missing, unknown or in two groups; a group is empty, named twice, or named as everything shared or as a task.</exception>
    public static IReadOnlyList<TaskGroup> Resolve(string model, IReadOnlyList<TaskGroup> groups, TaskSet tasks)
    {
        if (groups.Count == 0) return [.. tasks.GroupBy(task => task.Kind).Select(kind => new TaskGroup(NameOf(kind.Key), [.. kind.Select(task => task.Name)]))];
        var names = new HashSet<string>(StringComparer.Ordinal);
        var owner = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TaskGroup group in groups)
        {
            if (group.Name.Length == 0) throw new ModelException($"{model}: a group has no name, expected {Form}.");
            if (group.Name == ExpertTrace.SharedName) throw new ModelException($"{model}: a group is named '{ExpertTrace.SharedName}', which is the name of the experts of all groups; give it another name.");
            if (tasks.Any(task => task.Name == group.Name)) throw new ModelException($"{model}: a group is named '{group.Name}' as one of the tasks is; give it another name.");
            if (!names.Add(group.Name)) throw new ModelException($"{model}: group '{group.Name}' is given twice, expected once with all its tasks.");
            if (group.Tasks.Count == 0) throw new ModelException($"{model}: group '{group.Name}' has no tasks, expected at least one.");
            foreach (string name in group.Tasks)
            {
                if (tasks.All(task => task.Name != name)) throw new ModelException($"{model}: group '{group.Name}' lists '{name}', which is not a task{NearestName.Hint(name, tasks.Select(task => task.Name))}; the tasks are {string.Join(", ", tasks.Select(task => task.Name))}.");
                if (!owner.TryAdd(name, group.Name)) throw new ModelException($"{model}: task '{name}' is listed in group '{owner[name]}' and again in group '{group.Name}', expected once.");
            }
        }

        string[] missing = [.. tasks.Select(task => task.Name).Where(name => !owner.ContainsKey(name))];
        return missing.Length == 0 ? groups : throw new ModelException($"{model}: {(missing.Length == 1 ? "task" : "tasks")} {string.Join(", ", missing.Select(name => $"'{name}'"))} {(missing.Length == 1 ? "is" : "are")} in no group, expected every task in exactly one.");
    }

    private static string NameOf(TaskKind kind) => $"{char.ToLowerInvariant(kind.ToString()[0])}{kind.ToString()[1..]} tasks";

    private static string Escape(string name) => string.Concat(name.Select(c => s_marks.Contains(c) ? Uri.HexEscape(c) : c.ToString()));

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Trim());
}
