using Polymath.Tensors.Safetensors;

namespace Polymath.Learning.Losses;

/// <summary>The D rows of V, <c>[D, d]</c>, read and written in double precision whatever they are kept in.</summary>
internal abstract class ClassRows(int classes, int hidden)
{
    /// <summary>D.</summary>
    public int Classes => classes;

    /// <summary>d.</summary>
    public int Hidden => hidden;

    public static ClassRows Create(int classes, int hidden, bool isDouble) => isDouble ? new StoredClassRows<double>(classes, hidden) : new StoredClassRows<float>(classes, hidden);

    public abstract void Read(int row, Span<double> destination);

    public abstract void Write(int row, ReadOnlySpan<double> source);

    /// <summary>The rows as an entry of a file.</summary>
    public abstract SafetensorsEntry Entry(string name);

    /// <summary>A number of rows in one run, <c>[count, d]</c>.</summary>
    public void ReadBlock(int first, int count, Span<double> destination)
    {
        for (int r = 0; r < count; r++) Read(first + r, destination.Slice(r * hidden, hidden));
    }

    /// <summary>The rows of a file's tensor.</summary>
    public void Load(SafetensorsFile file, string name)
    {
        double[] row = new double[hidden];
        for (int r = 0; r < classes; r++)
        {
            file.ReadFloat64(name, (long)r * hidden, row);
            Write(r, row);
        }
    }
}
