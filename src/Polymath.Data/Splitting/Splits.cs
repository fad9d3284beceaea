using Polymath.Data.Sources;
using Polymath.Tensors;

namespace Polymath.Data;

/// <summary>
/// Reproducible ways to divide rows. The same rows, fractions and seed give the same split on every machine. Fractions are of
/// validation and test; training takes the rest.
/// </summary>
/// <example><code>
/// Split split = Splits.Random(table.Rows, validation: 0.1, test: 0.2, seed: 7);
/// Split even  = Splits.Stratified(Splits.Strata(table, [TargetColumn.Parse("income:binary")]), 0.1, 0.2, seed: 7);
/// </code></example>
public static class Splits
{
    private const int TrainPart = 0, ValidationPart = 1, TestPart = 2;

    /// <summary>All row numbers in order.</summary>
    public static int[] All(int rows)
    {
        var all = new int[rows];
        for (int i = 0; i < rows; i++) all[i] = i;
        return all;
    }

    /// <summary>Each row at random.</summary>
    /// <exception cref="TableException">Fractions are out of range or leave no training row.</exception>
    public static Split Random(int rows, double validation = 0.1, double test = 0.2, ulong seed = 0) =>
        Stratified(new int[rows], validation, test, seed);

    /// <summary>At random, with the same mix of strata in every part (to within one row per stratum and part).</summary>
    /// <param name="strata">A stratum number per row, see <see cref="Strata"/>.</param>
    /// <param name="validation">Fraction of validation rows, in [0, 1).</param>
    /// <param name="test">Fraction of test rows, in [0, 1).</param>
    /// <param name="seed">Seed of the random stream.</param>
    /// <exception cref="TableException">Fractions are out of range or leave no training row.</exception>
    public static Split Stratified(ReadOnlySpan<int> strata, double validation, double test, ulong seed)
    {
        CheckFractions(validation, test);
        int[] order = Shuffled(strata.Length, seed);
        int[] keys = strata.ToArray();
        int[] grouped = [.. order.OrderBy(row => keys[row])];   // stable: random within a stratum
        var part = new byte[strata.Length];
        double testOwed = 0, validationOwed = 0;
        for (int start = 0; start < grouped.Length;)
        {
            int end = start;
            while (end < grouped.Length && keys[grouped[end]] == keys[grouped[start]]) end++;
            int count = end - start;

            // What rounding owes is carried to the next stratum, so that the totals are right as well; a stratum always keeps a training row.
            int inTest = Math.Clamp((int)Math.Round(testOwed + (count * test)), 0, count - 1);
            int inValidation = Math.Clamp((int)Math.Round(validationOwed + (count * validation)), 0, count - 1 - inTest);
            testOwed += (count * test) - inTest;
            validationOwed += (count * validation) - inValidation;
            for (int i = 0; i < inTest; i++) part[grouped[start + i]] = TestPart;
            for (int i = inTest; i < inTest + inValidation; i++) part[grouped[start + i]] = ValidationPart;
            start = end;
        }

        return Collect(part);
    }

    /// <summary>
    /// Stratum numbers from the combination of the targets with classes (binary, multiclass and expression targets); a missing label is a
    /// stratum of its own, and numbers are passed over.
    /// </summary>
    /// <exception cref="TableException">A target is unknown or constant, or none has classes.</exception>
    public static int[] Strata(Table table, IReadOnlyList<TargetColumn> targets)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(targets);
        int[] rows = All(table.Rows);
        var strata = new int[table.Rows];
        var values = new float[table.Rows];
        TargetEncoding[] encodings = [.. targets.Select(target => TargetEncoding.Fit(target, table, rows))];
        if (Array.TrueForAll(encodings, encoding => encoding.Classes.Count == 0))
        {
            string numbers = string.Join(", ", encodings.Select(encoding => $"'{encoding.Definition.Name}' is {encoding.Kind.ToString().ToLowerInvariant()}"));
            throw new TableException($"{table.Source}: cannot stratify, since no target has classes ({numbers}), expected at least one that does; split at random.", table.Source);
        }

        foreach (TargetEncoding encoding in encodings.Where(encoding => encoding.Classes.Count > 0))
        {
            encoding.Encode(table, rows, values);
            var numberOf = new Dictionary<(int, int), int>();
            for (int row = 0; row < strata.Length; row++)
            {
                (int, int) key = (strata[row], float.IsNaN(values[row]) ? -1 : (int)values[row]);
                if (!numberOf.TryGetValue(key, out int number)) numberOf.Add(key, number = numberOf.Count);
                strata[row] = number;
            }
        }

        return strata;
    }

    /// <summary>By a column that says train, valid or test (also training, validation, val, dev, testing; any case).</summary>
    /// <exception cref="TableException">The column is unknown, holds another value, or names no training row.</exception>
    public static Split ByColumn(Table table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!table.TryGetColumn(column, out Column? parts)) throw table.UnknownColumn(column, "split column");
        var part = new byte[table.Rows];
        for (int row = 0; row < part.Length; row++)
        {
            part[row] = parts.Text(row)?.Trim().ToLowerInvariant() switch
            {
                "train" or "training" => TrainPart,
                "valid" or "validation" or "val" or "dev" => ValidationPart,
                "test" or "testing" => TestPart,
                string other => throw new TableException($"{table.Source}, row {row + 1}, column '{column}': found '{other}', expected train, valid or test.", table.Source, column: column),
                null => throw new TableException($"{table.Source}, row {row + 1}, column '{column}': is missing, expected train, valid or test.", table.Source, column: column),
            };
        }

        return Collect(part);
    }

    /// <summary>Whole groups at random: no group is in two parts. Groups are drawn until a part holds its fraction of the rows.</summary>
    /// <exception cref="TableException">The column is unknown, or fractions leave no training row.</exception>
    public static Split ByGroup(Table table, string column, double validation = 0.1, double test = 0.2, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(table);
        CheckFractions(validation, test);
        if (!table.TryGetColumn(column, out Column? groups)) throw table.UnknownColumn(column, "group column");
        var numberOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var groupOf = new int[table.Rows];
        for (int row = 0; row < groupOf.Length; row++)
        {
            string label = groups.Text(row) ?? throw new TableException($"{table.Source}, row {row + 1}, column '{column}': the group is missing, expected a label in every row.", table.Source, column: column);
            if (!numberOf.TryGetValue(label, out int number)) numberOf.Add(label, number = numberOf.Count);
            groupOf[row] = number;
        }

        int[] sizes = new int[numberOf.Count];
        foreach (int group in groupOf) sizes[group]++;
        var partOfGroup = new byte[sizes.Length];
        double testRows = test * table.Rows, validationRows = validation * table.Rows;
        double inTest = 0, inValidation = 0;
        foreach (int group in Shuffled(sizes.Length, seed))
        {
            // A group is taken while that brings the part closer to its share than leaving the group out.
            if (inTest + (sizes[group] / 2.0) <= testRows) (partOfGroup[group], inTest) = (TestPart, inTest + sizes[group]);
            else if (inValidation + (sizes[group] / 2.0) <= validationRows) (partOfGroup[group], inValidation) = (ValidationPart, inValidation + sizes[group]);
        }

        return Collect([.. groupOf.Select(group => partOfGroup[group])]);
    }

    /// <summary>By a text file (.txt, gzip or not) with the 0-based numbers of the test rows, one a line; validation rows are drawn from the others.</summary>
    /// <exception cref="TableException">The file is unreadable, or a line is not a row number of the table (the message names it).</exception>
    public static Split ByRowFile(int rows, string path, double validation = 0, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckFractions(validation, 0);
        var part = new byte[rows];
        using (RowReader reader = new CsvSource(path, new ReadOptions { Delimiter = ',', ColumnNames = ["row"] }).Open())
        {
            while (reader.Read())
            {
                _ = reader.TryField(0, out ReadOnlySpan<char> text);
                if (!int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int row) || row >= rows)
                    throw new TableException($"{path}, line {reader.Position}: found '{text}', expected a row number from 0 to {rows - 1}.", path, reader.Position);
                if (part[row] == TestPart) throw new TableException($"{path}, line {reader.Position}: row {row} is listed twice, expected each row once.", path, reader.Position);
                part[row] = TestPart;
            }
        }

        int[] others = [.. Enumerable.Range(0, rows).Where(row => part[row] != TestPart)];
        int count = (int)Math.Round(validation * others.Length);
        foreach (int place in Shuffled(others.Length, seed).Take(count)) part[others[place]] = ValidationPart;
        return Collect(part);
    }

    /// <summary>Folds of nearly equal size; each is the test part once, with the same mix of strata when given.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="folds">How many folds, at least 2 and at most the rows.</param>
    /// <param name="seed">Seed of the random stream.</param>
    /// <param name="strata">A stratum number per row, or empty.</param>
    /// <exception cref="TableException">The number of folds is out of range.</exception>
    public static Split[] KFold(int rows, int folds, ulong seed = 0, ReadOnlySpan<int> strata = default)
    {
        if (folds < 2 || folds > rows) throw new TableException($"folds: found {folds}, expected 2 to {rows}, the number of rows.");
        if (!strata.IsEmpty && strata.Length != rows) throw new ArgumentException($"found {strata.Length} strata, expected one per row ({rows})", nameof(strata));
        int[] order = Shuffled(rows, seed);
        int[] keys = strata.ToArray();
        if (keys.Length > 0) order = [.. order.OrderBy(row => keys[row])];
        var foldOf = new int[rows];
        for (int i = 0; i < rows; i++) foldOf[order[i]] = i % folds;   // dealing in stratum order spreads each stratum over all folds
        var splits = new Split[folds];
        for (int fold = 0; fold < folds; fold++)
        {
            int test = fold;
            splits[fold] = new Split([.. All(rows).Where(row => foldOf[row] != test)], [], [.. All(rows).Where(row => foldOf[row] == test)]);
        }

        return splits;
    }

    private static int[] Shuffled(int count, ulong seed)
    {
        int[] order = new int[count];
        new RandomStream(seed).Derive("split").FillPermutation(order);
        return order;
    }

    private static Split Collect(byte[] part)
    {
        int[] train = Of(TrainPart);
        if (train.Length == 0) throw new TableException($"the split leaves no training row of {part.Length}, expected at least one.");
        return new Split(train, Of(ValidationPart), Of(TestPart));

        int[] Of(int which) => [.. Enumerable.Range(0, part.Length).Where(row => part[row] == which)];
    }

    private static void CheckFractions(double validation, double test)
    {
        if (!(validation is >= 0 and < 1)) throw new TableException($"validation fraction: found {validation}, expected 0 or more and less than 1.");
        if (!(test is >= 0 and < 1)) throw new TableException($"test fraction: found {test}, expected 0 or more and less than 1.");
        if (validation + test >= 1) throw new TableException($"validation fraction {validation} and test fraction {test} leave no training rows, expected a sum below 1.");
    }
}
