namespace Polymath.Boosting.Runs;

/// <summary>The systems that differ in the blocks only, by name.</summary>
internal static class BoostPreset
{
    /// <summary>R-MTGB with a task column, MTGB with several targets, pooled with a single one.</summary>
    public const string Auto = "auto";

    public const string Robust = "r-mtgb", MultiTask = "mtgb", SingleTask = "single-task", Pooled = "pooled", TaskFeature = "task-as-feature";

    /// <summary>All names.</summary>
    public static string[] Names => [Auto, Robust, MultiTask, SingleTask, Pooled, TaskFeature];

    /// <summary>The name that <see cref="Auto"/> stands for, else the name itself.</summary>
    public static string Settle(BoostSettings settings) => settings.Preset != Auto ? settings.Preset
        : settings.TaskColumn.Length > 0 ? Robust
        : settings.Targets.Count > 1 ? MultiTask : Pooled;

    /// <summary>The options of a preset.</summary>
    public static BoostingOptions Options(string name) => name switch
    {
        Robust => BoostingOptions.RobustMultiTask(),
        MultiTask => BoostingOptions.MultiTask(),
        SingleTask => BoostingOptions.SingleTask(),
        Pooled => BoostingOptions.Pooled(),
        _ => BoostingOptions.TaskFeature(),
    };
}
