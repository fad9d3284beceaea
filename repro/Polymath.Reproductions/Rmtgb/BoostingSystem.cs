using Polymath.Boosting;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>One of the five boosters that the paper compares.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="IsRobust">Whether it has theta, which is random.</param>
/// <param name="Options">Its options for some iterations.</param>
internal sealed record BoostingSystem(string Name, bool IsRobust, Func<BlockIterations, BoostingOptions> Options)
{
    /// <summary>All three blocks.</summary>
    public static BoostingSystem Robust { get; } = new("R-MTGB", true, blocks => BoostingOptions.RobustMultiTask(blocks.Shared, blocks.Robust, blocks.Task));

    /// <summary>Shared trees, then trees per task.</summary>
    public static BoostingSystem MultiTask { get; } = new("MTGB", false, blocks => BoostingOptions.MultiTask(blocks.Shared, blocks.Task));

    /// <summary>A booster per task.</summary>
    public static BoostingSystem SingleTask { get; } = new("single task", false, blocks => BoostingOptions.SingleTask(blocks.Task));

    /// <summary>One booster that does not know the task.</summary>
    public static BoostingSystem Pooled { get; } = new("pooled", false, blocks => BoostingOptions.Pooled(blocks.Task));

    /// <summary>One booster with the task as a feature.</summary>
    public static BoostingSystem TaskFeature { get; } = new("task as feature", false, blocks => BoostingOptions.TaskFeature(blocks.Task));

    /// <summary>In the order of the tables.</summary>
    public static IReadOnlyList<BoostingSystem> All { get; } = [Robust, MultiTask, SingleTask, Pooled, TaskFeature];
}
