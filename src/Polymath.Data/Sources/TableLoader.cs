namespace Polymath.Data.Sources;

/// <summary>
/// Streams rows into column builders. A column without a declared kind starts as what its first value looks like; when a later
/// value contradicts that (a text among numbers), the column becomes categorical and the source is read once more, because
/// the texts already turned into numbers were not kept. Most files need one pass.
/// </summary>
internal static class TableLoader
{
    private const int CancellationInterval = 4096;

    /// <summary>Reads all rows.</summary>
    /// <exception cref="TableException">The source is unreadable, malformed or has no rows.</exception>
    public static Table Load(RowSource source, ReadOptions options, CancellationToken cancellation)
    {
        Dictionary<string, ColumnKind> settled = new(StringComparer.Ordinal);
        for (; ; )
        {
            using RowReader reader = source.Open();
            ColumnPlan[] plan = ColumnPlan.Create(source.Name, reader.Names, options);
            var pass = new Pass(source, reader, options, plan, settled, int.MaxValue);
            if (pass.Read(cancellation) == 0) throw new TableException($"{source.Name}: {source.NoRows}.", source.Name);
            if (pass.Contradicted.Count == 0) return pass.Build();
            foreach (string name in pass.Contradicted) settled[name] = ColumnKind.Categorical;
        }
    }

    /// <summary>Reads a source in tables of at most <paramref name="chunkRows"/> rows; every column must have a declared kind.</summary>
    /// <param name="source">Where the rows come from.</param>
    /// <param name="optionsFor">Options for the column names found.</param>
    /// <param name="chunkRows">Rows per table.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static IEnumerable<Table> LoadChunks(RowSource source, Func<IReadOnlyList<string>, ReadOptions> optionsFor, int chunkRows, CancellationToken cancellation)
    {
        using RowReader reader = source.Open();
        ReadOptions options = optionsFor(reader.Names);
        ColumnPlan[] plan = ColumnPlan.Create(source.Name, reader.Names, options);
        bool any = false;
        for (; ; )
        {
            var pass = new Pass(source, reader, options, plan, new Dictionary<string, ColumnKind>(), chunkRows);
            int rows = pass.Read(cancellation);
            if (rows == 0 && !any) throw new TableException($"{source.Name}: {source.NoRows}.", source.Name);
            if (rows == 0) yield break;
            any = true;
            yield return pass.Build();
        }
    }

    /// <summary>One run over some rows with one builder per column.</summary>
    private sealed class Pass
    {
        private readonly RowSource _source;
        private readonly RowReader _reader;
        private readonly ReadOptions _options;
        private readonly ColumnPlan[] _plan;
        private readonly ColumnBuilder[] _builders;
        private readonly bool[] _fixed;
        private readonly MissingMarkers _missing;
        private readonly int _atMost;
        private int _rows;

        public Pass(RowSource source, RowReader reader, ReadOptions options, ColumnPlan[] plan, Dictionary<string, ColumnKind> settled, int atMost)
        {
            (_source, _reader, _options, _plan, _atMost) = (source, reader, options, plan, atMost);
            _missing = new MissingMarkers(options.MissingMarkers);
            _builders = new ColumnBuilder[plan.Length];
            _fixed = new bool[plan.Length];
            for (int i = 0; i < plan.Length; i++)
            {
                ColumnKind? kind = settled.TryGetValue(plan[i].Name, out ColumnKind known) ? known : plan[i].Kind;
                _fixed[i] = kind is not null;
                _builders[i] = ColumnBuilder.Create(plan[i].Name, kind ?? ColumnKind.Numeric, options, reader, RowsToCome);
            }
        }

        /// <summary>Columns whose values contradict the kind their first value suggested.</summary>
        public HashSet<string> Contradicted { get; } = [];

        public int Read(CancellationToken cancellation)
        {
            while (_rows < _atMost && _reader.Read())
            {
                if (_rows % CancellationInterval == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (Contradicted.Count > 0) Discard();
                }

                _rows++;
                for (int i = 0; i < _plan.Length; i++) AddField(i);
                if (_rows == int.MaxValue) throw new TableException($"{_source.Name}: more than {int.MaxValue} rows do not fit one table.", _source.Name);
            }

            return _rows;
        }

        public Table Build()
        {
            Column[] columns = [.. _builders.Select(builder => builder.Build(_source.Name))];
            return new Table(_source.Name, columns) { HeaderDoubt = HeaderDoubt(columns) };
        }

        /// <summary>A number as the name of a column of numbers was probably a value of the first row.</summary>
        private string? HeaderDoubt(Column[] columns)
        {
            if (_reader.GuessedHeader is not { } line) return null;
            Column? doubtful = Array.Find(columns, column => column is NumericColumn && column.Name.Any(char.IsAsciiDigit) && NumericBuilder.TryParse(column.Name, _options.DecimalSeparator, out _));
            return doubtful is null ? null : $"line {line} was taken for the header, with '{doubtful.Name}' as the name of a column of numbers; if it is a row, use --header no or --columns";
        }

        private void AddField(int i)
        {
            ColumnBuilder builder = _builders[i];
            if (!_reader.TryField(_plan[i].Index, out ReadOnlySpan<char> text) || _missing.Contains(text)) builder.AddMissing();
            else if (!builder.TryAdd(text)) Refused(i, builder, text);
        }

        private void Refused(int i, ColumnBuilder builder, ReadOnlySpan<char> text)
        {
            if (_fixed[i]) throw NotOfKind(builder, text);
            if (builder.Observed == 0) Replace(i, builder.Rows, text);
            else Contradict(i);
        }

        /// <summary>The first value decides: a date, else text.</summary>
        private void Replace(int i, int missing, ReadOnlySpan<char> text)
        {
            ColumnKind kind = DateColumn.TryParse(text.Trim(), out _) ? ColumnKind.Date : ColumnKind.Categorical;
            ColumnBuilder builder = ColumnBuilder.Create(_plan[i].Name, kind, _options, _reader, RowsToCome);
            for (int row = 0; row < missing; row++) builder.AddMissing();
            builder.TryAdd(text);
            _builders[i] = builder;
        }

        private void Contradict(int i)
        {
            Contradicted.Add(_plan[i].Name);
            _builders[i] = new CategoricalBuilder(_plan[i].Name, null, RowsToCome);
            _fixed[i] = true;
            Discard();
        }

        /// <summary>Everything is read again after a contradiction, so the rows so far need not be held.</summary>
        private void Discard()
        {
            foreach (ColumnBuilder builder in _builders) builder.Discard();
        }

        private long? RowsToCome() => _reader.Remaining is { } rest ? Math.Min(rest, _atMost - _rows) : null;

        private TableException NotOfKind(ColumnBuilder builder, ReadOnlySpan<char> text)
        {
            string place = $"{_source.Name}, {_reader.PositionWord} {_reader.Position}, column '{builder.Name}'";
            return new TableException($"{place}: found '{text.Trim()}', expected {builder.Expected}.", _source.Name, _reader.Position, builder.Name);
        }
    }
}
