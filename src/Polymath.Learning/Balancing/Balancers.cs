using Polymath.Learning.Configuration;

namespace Polymath.Learning.Balancing;

/// <summary>The registry of balancers.</summary>
/// <example><code>
/// Balancer balancer = Balancers.Create("cagrad:c=0.4,rescale=1");
/// foreach (BalancerDescriptor known in Balancers.All) Console.WriteLine($"{known.Name}: {known.Paper}");
/// </code></example>
public static class Balancers
{
    /// <summary>Every balancer, in the order of the documentation.</summary>
    public static IReadOnlyList<BalancerDescriptor> All { get; } =
    [
        EqualWeighting.Descriptor,
        UncertaintyWeighting.Descriptor,
        DWA.Descriptor,
        GLS.Descriptor,
        RandomLossWeighting.Descriptor,
        STCH.Descriptor,
        IMTLLoss.Descriptor,
        IMTL.Descriptor,
        FAMO.Descriptor,
        MGDA.Descriptor,
        CAGrad.Descriptor,
        NashMTL.Descriptor,
        AlignedMTL.Descriptor,
        FairGrad.Descriptor,
        UPGrad.Descriptor,
        DualProj.Descriptor,
        ConFIG.Descriptor,
        Krum.Descriptor,
        PCGrad.Descriptor,
        GradVac.Descriptor,
        GradNorm.Descriptor,
        GradDrop.Descriptor,
        ExcessMTL.Descriptor,
        MoCo.Descriptor,
        DBMTL.Descriptor,
        TrimmedMean.Descriptor,
        SDMGrad.Descriptor,
        MoDo.Descriptor,
        AutoLambda.Descriptor,
        MOML.Descriptor,
        FORUM.Descriptor,
        MeanWeighting.Descriptor,
        SumWeighting.Descriptor,
        ConstantWeighting.Descriptor,
        RandomWeighting.Descriptor,
    ];

    /// <summary>Makes a balancer from "name" or "name:parameter=value,parameter=value"; names and parameters ignore case.</summary>
    /// <param name="specification">For example "cagrad:c=0.4,rescale=1".</param>
    /// <exception cref="BalancerException">Unknown name or parameter (the nearest known one is suggested), repeated parameter, or a value out of range.</exception>
    public static Balancer Create(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        int colon = specification.IndexOf(':', StringComparison.Ordinal);
        BalancerDescriptor descriptor = Find(colon < 0 ? specification : specification[..colon]);
        var arguments = new BalancerArguments(descriptor, Parse(descriptor, colon < 0 ? string.Empty : specification[(colon + 1)..]));

        // Every given value is checked by the factory, which reads every parameter of its descriptor.
        return descriptor.Factory(arguments);
    }

    /// <summary>The descriptor of a name.</summary>
    /// <param name="name">A registry name, any case, with - or _.</param>
    /// <exception cref="BalancerException">Unknown name.</exception>
    public static BalancerDescriptor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = name.Trim();
        foreach (BalancerDescriptor descriptor in All)
        {
            if (WrittenName.Is(descriptor.Name, wanted)) return descriptor;
        }

        throw new BalancerException($"unknown balancer '{wanted}'{NearestName.Suggest(wanted, All.Select(known => known.Name))}; known: {string.Join(", ", All.Select(known => known.Name))}.");
    }

    private static Dictionary<string, string> Parse(BalancerDescriptor descriptor, string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new BalancerException($"{descriptor.Name}: found '{part}', expected parameter=value; write for example {Example(descriptor)}.");
            string key = part[..equals].Trim();
            BalancerParameter parameter = descriptor.Parameters.FirstOrDefault(known => WrittenName.Is(known.Name, key))
                ?? throw new BalancerException($"{descriptor.Name}: unknown parameter '{key}'{NearestName.Suggest(key, descriptor.Parameters.Select(known => known.Name))}; known: {(descriptor.Parameters.Count == 0 ? "none" : string.Join(", ", descriptor.Parameters.Select(known => known.Name)))}.");
            if (!values.TryAdd(parameter.Name, part[(equals + 1)..].Trim())) throw new BalancerException($"{descriptor.Name}: parameter '{parameter.Name}' is given twice, expected once.");
        }

        return values;
    }

    private static string Example(BalancerDescriptor descriptor) => descriptor.Parameters.Count == 0
        ? descriptor.Name
        : $"{descriptor.Name}:{descriptor.Parameters[0].Name}={(descriptor.Parameters[0].Default.Length == 0 ? "0.5/0.5" : descriptor.Parameters[0].Default)}";
}
