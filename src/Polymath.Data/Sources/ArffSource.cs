namespace Polymath.Data.Sources;

/// <summary>
/// An ARFF file (the format of Weka, "Attribute-Relation File Format", Witten and Frank 2005), dense or sparse. A sparse row leaves out zeros and first
/// nominal values. Whether a column holds numbers or categories is found out from its values as for any text table, so that the nominal
/// labels <c>{0,1}</c> are numbers.
/// </summary>
internal sealed class ArffSource(string path, ReadOptions options) : RowSource
{
    private const string Ending = ".arff";

    public override string Name => path;

    public override string NoRows => "there are no rows after @data, expected at least one";

    /// <summary>True for a path that ends in .arff.</summary>
    public static bool Recognises(string source) => source.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);

    public override RowReader Open()
    {
        if (Directory.Exists(path)) throw new TableException($"{path}: is a folder, expected a file.", path);
        if (!File.Exists(path)) throw new TableException($"{path}: no such file.", path);
        try
        {
            return new ArffReader(new StreamReader(path), path, options.ColumnNames);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new TableException($"{path}: cannot be read: {cause.Message}", path, inner: cause);
        }
    }
}
