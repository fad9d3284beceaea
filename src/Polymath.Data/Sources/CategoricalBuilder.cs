namespace Polymath.Data.Sources;

/// <summary>Encodes texts as codes while reading; each distinct text is kept once.</summary>
internal sealed class CategoricalBuilder(string name, char? trimTrailing) : ColumnBuilder(name)
{
    private readonly ChunkedBuffer<int> _codes = new();
    private readonly Dictionary<string, int> _codeOf = new(StringComparer.Ordinal);
    private readonly List<string> _categories = [];

    public override ColumnKind Kind => ColumnKind.Categorical;

    public override int Rows => _codes.Count;

    public override string Expected => "text";

    public override bool TryAdd(string text, long position)
    {
        if (trimTrailing is { } letter) text = text.TrimEnd(letter);
        if (!_codeOf.TryGetValue(text, out int code))
        {
            code = _categories.Count;
            _codeOf.Add(text, code);
            _categories.Add(text);
        }

        _codes.Add(code);
        Observed++;
        return true;
    }

    public override void AddMissing() => _codes.Add(-1);

    public override void Discard()
    {
        _codes.Clear();
        _codeOf.Clear();
        _categories.Clear();
    }

    public override Column Build(string source)
    {
        _codeOf.Clear();
        return new CategoricalColumn(Name, _codes.Drain(), [.. _categories]);
    }
}
