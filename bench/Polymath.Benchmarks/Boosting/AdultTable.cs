using System.Runtime.InteropServices;
using Polymath.Data;

namespace Polymath.Benchmarks.Boosting;

/// <summary>UCI Adult as numbers: categories become their position in alphabetical order, for both sides alike.</summary>
internal static class AdultTable
{
    /// <summary>Writes the rows of adult.data, then those of adult.test.</summary>
    /// <returns>Rows, features and training rows; null when the folder with the data is not there.</returns>
    public static (int Rows, int Width, int Train)? Write(string path, string folder)
    {
        string train = Path.Combine(folder, "adult.data"), test = Path.Combine(folder, "adult.test");
        if (!File.Exists(train) || !File.Exists(test)) return null;
        string[] names = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"];
        var read = new ReadOptions { ColumnNames = names, Header = false, TrimTrailing = '.' };
        Table[] tables = [Table.Read(train, read), Table.Read(test, read with { SkipLines = 1 })];
        int width = names.Length - 1, rows = tables.Sum(table => table.Rows), start = 0;
        var order = names.ToDictionary(name => name, name => tables.SelectMany(table => table[name] is CategoricalColumn column ? column.Categories : []).Distinct().Order(StringComparer.Ordinal).ToList());
        float[] x = new float[rows * width], y = new float[rows];
        foreach (Table table in tables)
        {
            for (int row = 0; row < table.Rows; row++)
            {
                for (int column = 0; column < width; column++) x[((start + row) * width) + column] = Number(table[names[column]], row, order[names[column]]);
                y[start + row] = table["income"].Text(row) == ">50K" ? 1 : 0;
            }

            start += table.Rows;
        }

        using FileStream file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes(x.AsSpan()));
        file.Write(MemoryMarshal.AsBytes(y.AsSpan()));
        return (rows, width, tables[0].Rows);
    }

    private static float Number(Column column, int row, List<string> order) => column.IsMissing(row) ? float.NaN
        : column is NumericColumn numbers ? numbers.Values[row]
        : order.IndexOf(column.Text(row)!);
}
