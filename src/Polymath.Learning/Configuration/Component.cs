namespace Polymath.Learning.Configuration;

/// <summary>A registered component: its name, meaning, parameters and how to make one.</summary>
/// <typeparam name="T">What is made.</typeparam>
/// <param name="Name">The registry name, lower case.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Factory">Makes one from parsed values; reads every parameter, so that every given value is checked.</param>
public sealed record Component<T>(string Name, string Title, IReadOnlyList<ComponentParameter> Parameters, Func<ComponentArguments, T> Factory);
