using System.Globalization;

namespace Polymath.Learning.Configuration;

/// <summary>A registered component: its name, meaning, parameters and how to make one.</summary>
/// <typeparam name="T">What is made.</typeparam>
/// <param name="Name">The registry name, lower case.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Factory">Makes one from parsed values; reads every parameter, so that every given value is checked.</param>
public sealed record Component<T>(string Name, string Title, IReadOnlyList<ComponentParameter> Parameters, Func<ComponentArguments, T> Factory)
{
    /// <summary>The specification of a component with these values: the name, and what differs from the defaults.</summary>
    /// <param name="values">One number or flag per parameter, in order.</param>
    internal string Specify(params ReadOnlySpan<object> values)
    {
        var given = new List<string>();
        for (int i = 0; i < Parameters.Count; i++)
        {
            string text = values[i] switch
            {
                bool flag => flag ? "true" : "false",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => throw new ArgumentException($"{Name}: {Parameters[i].Name} cannot be written.", nameof(values)),
            };
            if (text != Parameters[i].Default) given.Add($"{Parameters[i].Name}={text}");
        }

        return given.Count == 0 ? Name : $"{Name}:{string.Join(',', given)}";
    }
}
