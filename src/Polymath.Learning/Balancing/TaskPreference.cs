namespace Polymath.Learning.Balancing;

/// <summary>The preference vector of the rules that take one per task: given for the full task list, restricted to the tasks present.</summary>
internal static class TaskPreference
{
    /// <summary>Writes the preference of every task present.</summary>
    /// <param name="name">The balancer, for the message.</param>
    /// <param name="preference">One per task of the full list, or null.</param>
    /// <param name="input">The step.</param>
    /// <param name="fallback">The preference of every task when none was given.</param>
    /// <param name="destination">[K'].</param>
    /// <exception cref="BalancerException">The preference has the wrong length.</exception>
    public static void Fill(string name, double[]? preference, in BalanceInput input, double fallback, Span<double> destination)
    {
        if (preference is null)
        {
            destination.Fill(fallback);
            return;
        }

        if (preference.Length != input.TotalTasks) throw new BalancerException($"{name}: pref has {preference.Length} elements, expected {input.TotalTasks}, one per task.");
        for (int i = 0; i < destination.Length; i++) destination[i] = preference[input.TaskOf(i)];
    }
}
