namespace Polymath.Data.Sources;

/// <summary>Encodes texts as codes while reading; each distinct text is kept once, and no other text becomes a string.</summary>
internal sealed class CategoricalBuilder : ColumnBuilder
{
    private const int RecentSlots = 64;
    private readonly char? _trimTrailing;
    private readonly ColumnBuffer<int> _codes;
    private readonly Dictionary<string, int> _codeOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codeOfSpan;
    private readonly List<string> _categories = [];

    // The code last seen for a cheap hash of the text, plus 1: a comparison with that one category settles most rows.
    private readonly int[] _recent = new int[RecentSlots];

    public CategoricalBuilder(string name, char? trimTrailing, Func<long?> rowsToCome)
        : base(name)
    {
        _trimTrailing = trimTrailing;
        _codes = new ColumnBuffer<int>(rowsToCome);
        _codeOfSpan = _codeOf.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public override ColumnKind Kind => ColumnKind.Categorical;

    public override int Rows => _codes.Count;

    public override string Expected => "text";

    public override bool TryAdd(ReadOnlySpan<char> text)
    {
        if (_trimTrailing is { } letter) text = text.TrimEnd(letter);
        ref int recent = ref _recent[Slot(text)];
        if (recent == 0 || !text.SequenceEqual(_categories[recent - 1])) recent = Code(text) + 1;
        _codes.Add(recent - 1);
        Observed++;
        return true;
    }

    public override void AddMissing() => _codes.Add(-1);

    public override void Discard()
    {
        _codes.Clear();
        Forget();
        _categories.Clear();
    }

    public override Column Build(string source)
    {
        Forget();
        return new CategoricalColumn(Name, _codes.Drain(), [.. _categories]);
    }

    private static int Slot(ReadOnlySpan<char> text) =>
        text.IsEmpty ? 0 : ((text.Length * 5) + (text[0] * 7) + (text[text.Length / 2] * 3) + text[^1]) & (RecentSlots - 1);

    private int Code(ReadOnlySpan<char> text)
    {
        if (_codeOfSpan.TryGetValue(text, out int code)) return code;
        code = _categories.Count;
        string category = text.ToString();
        _codeOf.Add(category, code);
        _categories.Add(category);
        return code;
    }

    private void Forget()
    {
        _codeOf.Clear();
        Array.Clear(_recent);
    }
}
