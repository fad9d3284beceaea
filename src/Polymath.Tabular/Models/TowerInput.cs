namespace Polymath.Tabular;

/// <summary>What a task's tower reads after the last layer of CGC or PLE.</summary>
public enum TowerInput
{
    /// <summary>The task's stream z_k; the last layer then has no shared gate (Tang et al. 2020, torch-rechub, EasyRec, MTReclib).</summary>
    TaskOnly,

    /// <summary>The task's stream and the shared stream side by side, [z_k, z_s]; every layer then has a shared gate (MultiTab).</summary>
    TaskAndShared,
}
