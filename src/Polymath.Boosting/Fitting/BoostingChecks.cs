using System.Globalization;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>Whether data and options fit each other.</summary>
internal static class BoostingChecks
{
    /// <exception cref="BoostingException">They do not.</exception>
    public static void Require(BoostingOptions options, BoostingData train)
    {
        if (train.Rows == 0) throw new BoostingException("there are no training rows, expected at least one.");
        if (options.RobustIterations > 0 && train.Tasks is null) throw new BoostingException("the robust block mixes its ensembles per task, found no tasks of rows; name a task column, or set its iterations to 0.");
        if (options.TaskAsFeature && train.Tasks is null) throw new BoostingException("the task is to be a feature, found no tasks of rows; name a task column.");
        if (options.InitialTheta is { } theta && theta.Count != (train.Tasks?.Count ?? 0)) throw new BoostingException($"found {theta.Count} initial values of theta, expected one for each of the {train.Tasks?.Count ?? 0} tasks.");
        for (int task = 0; task < (options.InitialTheta?.Count ?? 0); task++)
        {
            if (!double.IsFinite(options.InitialTheta![task])) throw new BoostingException($"the initial theta of task '{train.Tasks!.Labels[task]}' is {options.InitialTheta[task].ToString(CultureInfo.InvariantCulture)}, expected a finite number.");
        }

        if (options.Monotone.Keys.FirstOrDefault(name => !train.Features.Features.Any(feature => feature.Name == name)) is { } unknown)
            throw new BoostingException($"the monotone feature '{unknown}' does not exist{Suggestion.Tail(unknown, [.. train.Features.Features.Select(feature => feature.Name)])}");
        if (options.Monotone.Keys.FirstOrDefault(name => train.Features.Features.Any(feature => feature.Name == name && feature.IsCategorical)) is { } category)
            throw new BoostingException($"the monotone feature '{category}' is categorical, expected a number.");
        RequireMonotone(options, train);
        if (options.Learner == LearnerKind.Exact) SortedColumns.Require(train.Features);
        foreach (BoostingTarget target in train.Targets) _ = BoostingLosses.Create(options.Loss, target);
        for (int target = 0; target < train.Targets.Count; target++) RequireLabels(train, target);
    }

    /// <summary>The validation rows with the task numbers of training, whatever order their own index has.</summary>
    /// <exception cref="BoostingException">Columns, targets or tasks are not those of training.</exception>
    public static BoostingData? Align(BoostingOptions options, BoostingData train, BoostingData? validation)
    {
        if (validation is not { Rows: > 0 }) return options.Patience == 0 ? null : throw new BoostingException($"{nameof(options.Patience)} is {options.Patience}, found no validation rows, expected some to say when to stop.");
        if (!validation.Features.Features.SequenceEqual(train.Features.Features)) throw new BoostingException("the feature columns of the validation rows are not those of the training rows, expected the same names and kinds in the same order.");
        if (!validation.Targets.Select(Key).SequenceEqual(train.Targets.Select(Key))) throw new BoostingException("the targets of the validation rows are not those of the training rows, expected the same names, kinds and classes.");
        if ((validation.Tasks is null) != (train.Tasks is null)) throw new BoostingException("only one of the training and the validation rows belong to tasks, expected both or neither.");
        if (train.Tasks is null || validation.Tasks!.Labels.SequenceEqual(train.Tasks.Labels)) return validation;
        int[] present = [.. validation.TaskOfRow!.Distinct()], numbers = new int[validation.Tasks.Count];
        int[] found = train.Tasks.Find(present.Select(task => validation.Tasks.Labels[task]), UnknownTask.Unassigned);
        for (int i = 0; i < present.Length; i++) numbers[present[i]] = found[i] >= 0 ? found[i] : throw new BoostingException($"validation rows belong to the task '{validation.Tasks.Labels[present[i]]}', which has no training rows.");
        return new BoostingData(validation.Features, validation.Targets, validation.Labels, train.Tasks, [.. validation.TaskOfRow!.Select(task => numbers[task])], validation.Weights);

        static (string, TargetKind, string) Key(BoostingTarget target) => (target.Name, target.Kind, string.Join('\n', target.Classes));
    }

    private static void RequireMonotone(BoostingOptions options, BoostingData train)
    {
        if (options.Monotone.Values.All(direction => direction == 0)) return;
        if (options.Learner == LearnerKind.Exact) throw new BoostingException($"'{options.Monotone.First(feature => feature.Value != 0).Key}' is to be monotone, and the exact learner knows no such constraint; use the histogram learner.");
        int outputs = train.Targets.Sum(target => BoostingLosses.Create(options.Loss, target).Outputs);
        if (outputs > 1) throw new BoostingException($"'{options.Monotone.First(feature => feature.Value != 0).Key}' is to be monotone and trees have {outputs} outputs, expected one: a single target that is a number, a count or two classes with the logistic loss.");
    }

    /// <summary>Rows without weight are as good as absent.</summary>
    private static void RequireLabels(BoostingData train, int target)
    {
        (string name, TargetKind kind, IReadOnlyList<string> classes) = train.Targets[target];
        float first = float.NaN;
        bool varies = false;
        for (int row = 0; row < train.Rows; row++)
        {
            float label = train.Labels[(row * train.Targets.Count) + target];
            if (float.IsNaN(label) || train.Weights?[row] == 0) continue;
            if (float.IsNaN(first)) first = label;
            varies |= label != first;
        }

        if (float.IsNaN(first)) throw new BoostingException($"target '{name}' has no label in the training rows{(train.Weights is null ? string.Empty : " with weight")}, expected at least one.");
        if (!varies && (kind is TargetKind.Binary or TargetKind.Multiclass))
            throw new BoostingException($"target '{name}' is '{classes[(int)first]}' in every training row, expected at least two classes.");
    }
}
