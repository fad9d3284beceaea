namespace Polymath.Learning.Optimization;

/// <summary>
/// Turns gradients into steps on one flat block of parameters. Its memory (<see cref="State"/> and <see cref="Steps"/>) is flat too, and all
/// that has to be saved: a resumed run equals an uninterrupted one bit for bit. A step allocates nothing.
/// </summary>
/// <example><code>
/// float[] parameters = [1f, 2f], gradients = [0.5f, -0.5f];
/// Optimizer optimizer = new Adam(learningRate: 0.1);
/// optimizer.Prepare(parameters.Length);
/// optimizer.Step(parameters, gradients);      // [0.9, 2.1]: the first step of Adam has length lr
/// </code></example>
public abstract class Optimizer
{
    private ParameterGroup[] _groups = [];

    /// <summary>An optimiser.</summary>
    /// <param name="learningRate">The base rate, 0 or more.</param>
    /// <param name="weightDecay">Weight decay, 0 or more.</param>
    protected Optimizer(double learningRate, double weightDecay)
    {
        LearningRate = RequireNotNegative(learningRate, nameof(learningRate));
        WeightDecay = RequireNotNegative(weightDecay, nameof(weightDecay));
    }

    /// <summary>The registry name and all settings but the learning rate: <c>adam:beta1=0.9,...</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The base learning rate; schedules and groups multiply it.</summary>
    public double LearningRate
    {
        get;
        set => field = RequireNotNegative(value, nameof(LearningRate));
    }

    /// <summary>Weight decay of groups that do not set their own.</summary>
    public double WeightDecay { get; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Values in the block; 0 before <see cref="Prepare"/>.</summary>
    public int Count { get; private set; }

    /// <summary>The ranges that are updated.</summary>
    public IReadOnlyList<ParameterGroup> Groups => _groups;

    /// <summary>The flat arrays that make up its memory, in a fixed order; the live arrays, not copies.</summary>
    public abstract IEnumerable<(string Name, float[] Values)> State { get; }

    /// <summary>Starts over for a block of <paramref name="count"/> values: zero steps, empty memory.</summary>
    /// <param name="count">Values in the block.</param>
    /// <param name="groups">The ranges to update; none for one group over the whole block.</param>
    /// <exception cref="OptimizerException">A group lies outside the block, overlaps another, or has a setting out of range.</exception>
    public void Prepare(int count, params ReadOnlySpan<ParameterGroup> groups)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ParameterGroup[] sorted = groups.IsEmpty ? [new ParameterGroup(0, count)] : [.. groups.ToArray().OrderBy(group => group.Start)];
        int end = 0;
        foreach (ParameterGroup group in sorted)
        {
            if (group.Start < 0 || group.Length < 0 || (long)group.Start + group.Length > count) throw new OptimizerException($"{Name}: found a group [{group.Start}, {(long)group.Start + group.Length}) for {count} parameters, expected it inside the block.");
            if (group.Start < end) throw new OptimizerException($"{Name}: the group at {group.Start} overlaps the one that ends at {end}.");
            if (!IsNotNegative(group.RateMultiplier) || !IsNotNegative(group.WeightDecay ?? 0)) throw new OptimizerException($"{Name}: the group at {group.Start} has rate multiplier {group.RateMultiplier} and weight decay {group.WeightDecay}, expected 0 or more.");
            end = group.Start + group.Length;
        }

        _groups = sorted;
        Count = count;
        Steps = 0;
        Allocate(count);
    }

    /// <summary>One step.</summary>
    /// <param name="parameters">The block, updated in place.</param>
    /// <param name="gradients">Their gradients, as long as the block.</param>
    /// <param name="rateFactor">What the schedule multiplies the learning rate by.</param>
    /// <param name="gradientFactor">What the gradients are multiplied by, as clipping does; the array is left as it is.</param>
    /// <exception cref="OptimizerException">Lengths differ from <see cref="Count"/>.</exception>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradients, double rateFactor = 1, double gradientFactor = 1)
    {
        if (_groups.Length == 0) Prepare(parameters.Length);
        if (parameters.Length != Count || gradients.Length != Count) throw new OptimizerException($"{Name}: found {parameters.Length} parameters and {gradients.Length} gradients, expected {Count} of both.");
        RequireNotNegative(rateFactor, nameof(rateFactor));
        RequireNotNegative(gradientFactor, nameof(gradientFactor));
        Steps++;
        foreach (ParameterGroup group in _groups)
        {
            double rate = LearningRate * rateFactor * group.RateMultiplier;
            Update(parameters.Slice(group.Start, group.Length), gradients.Slice(group.Start, group.Length), group.Start, rate, group.WeightDecay ?? WeightDecay, (float)gradientFactor);
        }
    }

    /// <summary>Restores a memory saved from <see cref="State"/> and <see cref="Steps"/>, after <see cref="Prepare"/> with the same block.</summary>
    /// <param name="steps">Steps taken.</param>
    /// <param name="find">The saved array of a name; copied.</param>
    /// <exception cref="OptimizerException">An array is missing or has another length.</exception>
    public void Load(long steps, Func<string, float[]?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        (float[] Saved, float[] Target)[] pairs = [.. State.Select(entry => (find(entry.Name) ?? throw new OptimizerException($"{Name}: the saved state has no array '{entry.Name}', expected {Count} values."), entry.Values))];
        foreach ((float[] saved, float[] target) in pairs)
        {
            if (saved.Length != target.Length) throw new OptimizerException($"{Name}: found {saved.Length} values in the saved state, expected {target.Length}; it belongs to another model or optimiser.");
        }

        foreach ((float[] saved, float[] target) in pairs) saved.CopyTo(target, 0);
        Steps = steps;
    }

    /// <summary>Makes fresh memory.</summary>
    /// <param name="count">Values in the block.</param>
    protected abstract void Allocate(int count);

    /// <summary>Updates one group. <see cref="Steps"/> already counts this step.</summary>
    /// <param name="parameters">The group's values.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="start">The group's place in the block, and so in the memory.</param>
    /// <param name="rate">The learning rate of this step.</param>
    /// <param name="weightDecay">The group's weight decay.</param>
    /// <param name="scale">What the gradients are to be multiplied by.</param>
    protected abstract void Update(Span<float> parameters, ReadOnlySpan<float> gradients, int start, double rate, double weightDecay, float scale);

    private protected static double RequireNotNegative(double value, string name)
        => IsNotNegative(value) ? value : throw new ArgumentOutOfRangeException(name, value, "expected a finite number of 0 or more.");

    private protected static double RequireShare(double value, string name)
        => value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, "expected a number in [0, 1).");

    private static bool IsNotNegative(double value) => value >= 0 && double.IsFinite(value);
}
