namespace Polymath.Learning.Relevance;

/// <summary>
/// Turns relevance into numbers of samples: n_m = max(N |nu_m|^p / sum_j |nu_j|^p, N_min). For p = 1 this minimises sum_m nu_m^2 / n_m, the
/// leading term of the target's excess risk, under sum_m n_m = N; with a cost c_m per sample the minimiser has n_m ~ |nu_m| / sqrt(c_m).
/// </summary>
/// <remarks>
/// Costs change the proportions for L1 only, whose rule is that minimiser; L2 and uniform keep theirs and are scaled to the budget. When every
/// nu is 0 the allocation is uniform.
/// </remarks>
/// <example><code>
/// int[] n = SampleAllocator.Allocate([0.9, -0.3, 0], RelevanceNorm.L1, total: 100, minPerTask: 4);   // [72, 24, 4]
/// </code></example>
public static class SampleAllocator
{
    /// <summary>Allocates a budget.</summary>
    /// <param name="nu">[M] relevance; only magnitudes matter.</param>
    /// <param name="norm">The rule.</param>
    /// <param name="total">Samples to buy in all; with costs, what to spend in all.</param>
    /// <param name="minPerTask">N_min, samples that every source gets at least.</param>
    /// <param name="costs">[M] cost of one sample of each source, > 0; 1 each when null.</param>
    /// <param name="sparse">Whether sources with nu = 0 get none instead of <paramref name="minPerTask"/> (when any other is not 0).</param>
    /// <param name="exact">
    /// True: the floors are part of the budget, and the sum is exactly <paramref name="total"/> by largest remainders (with costs:
    /// what remains pays for no further remainder). False: every share is rounded by itself and raised to the floor, as the papers write it, so the sum may differ.
    /// </param>
    /// <returns>[M] samples.</returns>
    /// <exception cref="RelevanceException">nu is not finite, the floors exceed the budget, or a cost is not a positive number.</exception>
    public static int[] Allocate(ReadOnlySpan<double> nu, RelevanceNorm norm, int total, int minPerTask = 0, IReadOnlyList<double>? costs = null, bool sparse = false, bool exact = true)
    {
        if (minPerTask < 0) throw new RelevanceException($"SampleAllocator: the minimum per source is {minPerTask}, expected at least 0.");
        int[] floors = new int[nu.Length];
        bool drops = sparse && nu.ContainsAnyExcept(0.0);
        for (int m = 0; m < floors.Length; m++) floors[m] = drops && nu[m] == 0 ? 0 : minPerTask;
        return Allocate(nu, norm, total, floors, costs, exact);
    }

    /// <summary>As the other form, with a floor for each source (what has been bought already, say).</summary>
    /// <param name="nu">[M] relevance; only magnitudes matter.</param>
    /// <param name="norm">The rule.</param>
    /// <param name="total">Samples in all, or what to spend.</param>
    /// <param name="floors">[M] samples that each source has at least.</param>
    /// <param name="costs">[M] cost of one sample of each source, > 0; 1 each when null.</param>
    /// <param name="exact">Whether the floors are part of the budget.</param>
    /// <returns>[M] samples.</returns>
    /// <exception cref="RelevanceException">nu is not finite, the floors exceed the budget, or a cost is not a positive number.</exception>
    public static int[] Allocate(ReadOnlySpan<double> nu, RelevanceNorm norm, int total, ReadOnlySpan<int> floors, IReadOnlyList<double>? costs = null, bool exact = true)
    {
        Check(nu, total, floors, costs);
        double[] price = new double[nu.Length], share = Proportions(nu, norm, costs);
        double floorCost = 0, sum = 0;
        for (int m = 0; m < price.Length; m++)
        {
            price[m] = costs?[m] ?? 1;
            floorCost += price[m] * floors[m];
            sum += share[m] * price[m];
        }

        int[] counts = new int[nu.Length];
        if (!exact)
        {
            for (int m = 0; m < counts.Length; m++) counts[m] = Math.Max((int)Math.Floor((share[m] / sum * total) + 0.5), floors[m]);
            return counts;
        }

        if (floorCost > total * (1 + 1e-12))
        {
            throw new RelevanceException($"SampleAllocator: the budget is {total} but the minimum of the {nu.Length} sources takes {floorCost:G6}, expected a budget of at least that; lower the minimum or leave sources out.");
        }

        double[] ideal = Fill(share, price, floors, total);
        Round(ideal, price, floors, total, counts);
        return counts;
    }

    /// <summary>|nu|^p relative to the largest, so that nothing under- or overflows; all 1 when nu is 0.</summary>
    private static double[] Proportions(ReadOnlySpan<double> nu, RelevanceNorm norm, IReadOnlyList<double>? costs)
    {
        double largest = 0;
        foreach (double value in nu) largest = Math.Max(largest, Math.Abs(value));
        double[] share = new double[nu.Length];
        for (int m = 0; m < share.Length; m++)
        {
            double relative = largest == 0 ? 1 : Math.Abs(nu[m]) / largest;
            share[m] = norm switch
            {
                RelevanceNorm.L1 => relative / Math.Sqrt(costs?[m] ?? 1),
                RelevanceNorm.L2 => relative * relative,
                RelevanceNorm.Uniform => 1,
                _ => throw new RelevanceException($"SampleAllocator: the norm is {norm}, expected L1, L2 or Uniform."),
            };
        }

        return share;
    }

    /// <summary>n_m = max(level * share_m, floor_m) with the level that spends the budget: the minimiser under the floors.</summary>
    private static double[] Fill(double[] share, double[] price, ReadOnlySpan<int> floors, double total)
    {
        double[] ideal = new double[share.Length];
        bool[] atFloor = new bool[share.Length];
        for (bool changed = true; changed;)
        {
            double left = total, weight = 0;
            for (int m = 0; m < ideal.Length; m++)
            {
                if (atFloor[m]) left -= price[m] * floors[m];
                else weight += price[m] * share[m];
            }

            changed = false;
            for (int m = 0; m < ideal.Length; m++)
            {
                ideal[m] = atFloor[m] || weight == 0 ? floors[m] : Math.Max(left, 0) / weight * share[m];
                if (atFloor[m] || ideal[m] >= floors[m]) continue;
                atFloor[m] = changed = true;
            }
        }

        return ideal;
    }

    /// <summary>Rounds down, then gives one more to the largest remainders while they can be paid (ties: lowest index).</summary>
    private static void Round(double[] ideal, double[] price, ReadOnlySpan<int> floors, double total, int[] counts)
    {
        double left = total;
        for (int m = 0; m < counts.Length; m++)
        {
            if (ideal[m] >= int.MaxValue) throw new RelevanceException($"SampleAllocator: the share of source {m} is {ideal[m]:G4} samples, expected fewer than {int.MaxValue}; lower the budget or raise its cost.", m);
            counts[m] = Math.Max((int)Math.Floor(ideal[m] + 1e-9), floors[m]);
            left -= counts[m] * price[m];
        }

        double slack = 1e-9 * Math.Max(1, total);
        while (true)
        {
            int best = -1;
            for (int m = 0; m < counts.Length; m++)
            {
                if (counts[m] >= ideal[m] || price[m] > left + slack) continue;
                if (best < 0 || ideal[m] - counts[m] > ideal[best] - counts[best]) best = m;
            }

            if (best < 0) return;
            counts[best]++;
            left -= price[best];
        }
    }

    private static void Check(ReadOnlySpan<double> nu, int total, ReadOnlySpan<int> floors, IReadOnlyList<double>? costs)
    {
        if (nu.Length == 0) throw new RelevanceException("SampleAllocator: nu has 0 elements, expected one for each source.");
        if (total < 0) throw new RelevanceException($"SampleAllocator: the budget is {total}, expected at least 0.");
        if (floors.Length != nu.Length) throw new RelevanceException($"SampleAllocator: there are {floors.Length} minima for {nu.Length} sources, expected one each.");
        if (costs is not null && costs.Count != nu.Length) throw new RelevanceException($"SampleAllocator: there are {costs.Count} costs for {nu.Length} sources, expected one each.");
        for (int m = 0; m < nu.Length; m++)
        {
            if (!double.IsFinite(nu[m])) throw new RelevanceException($"SampleAllocator: nu of source {m} is {nu[m]}, expected a finite number.", m);
            if (floors[m] < 0) throw new RelevanceException($"SampleAllocator: the minimum of source {m} is {floors[m]}, expected at least 0.", m);
            if (costs is not null && !(costs[m] > 0 && double.IsFinite(costs[m]))) throw new RelevanceException($"SampleAllocator: a sample of source {m} costs {costs[m]}, expected a positive number.", m);
        }
    }
}
