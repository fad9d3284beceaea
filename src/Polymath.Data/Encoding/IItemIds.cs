namespace Polymath.Data;

/// <summary>An input whose ids lists may have too.</summary>
internal interface IItemIds
{
    /// <summary>Name of the column.</summary>
    string Name { get; }

    /// <summary>Number of ids.</summary>
    int Cardinality { get; }

    /// <summary>The id of a text.</summary>
    int IdOf(string text);
}
