namespace Polymath.Data.Sources;

/// <summary>Parses ISO dates while reading.</summary>
internal sealed class DateBuilder(string name, Func<long?> rowsToCome) : ColumnBuilder(name)
{
    private readonly ColumnBuffer<long> _ticks = new(rowsToCome);

    public override ColumnKind Kind => ColumnKind.Date;

    public override int Rows => _ticks.Count;

    public override string Expected => "an ISO date such as 2024-12-31 or 2024-12-31T23:59:00";

    public override bool TryAdd(ReadOnlySpan<char> text)
    {
        if (!DateColumn.TryParse(text.Trim(), out long ticks)) return false;
        _ticks.Add(ticks);
        Observed++;
        return true;
    }

    public override void AddMissing() => _ticks.Add(DateColumn.MissingTicks);

    public override void Discard() => _ticks.Clear();

    public override Column Build(string source) => new DateColumn(Name, _ticks.Drain());
}
