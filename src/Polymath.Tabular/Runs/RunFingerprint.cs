using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>A text that changes with everything that the trainings of a journal depend on: settings, and the encoded rows themselves.</summary>
internal static class RunFingerprint
{
    /// <summary>The fingerprint.</summary>
    /// <param name="table">The settings one by one.</param>
    /// <param name="settings">Their values.</param>
    /// <param name="outside">Settings that every line of the journal names itself, or that no training depends on.</param>
    /// <param name="data">The rows; where they were read from does not matter.</param>
    public static string Of<T>(SettingTable<T> table, T settings, string[] outside, TabularData data)
    {
        var text = new StringBuilder();
        foreach (SettingOption<T> option in table.All.Where(option => option.Name != "test" && !outside.Contains(option.Name))) text.Append(option.Name).Append('=').AppendJoin('\u001f', option.Get(settings)).Append('\n');
        foreach (ArrayDataset? rows in (ArrayDataset?[])[data.Train, data.Validation, data.Test]) text.Append(CultureInfo.InvariantCulture, $"{rows?.Rows} {rows?.Fingerprint():x}\n");
        foreach (Target task in data.Tasks) text.Append(CultureInfo.InvariantCulture, $"{task.Name} {task.Kind} {task.Outputs} {task.Metric} {task.Mean:R} {task.Deviation:R}\n");
        foreach (object part in (IEnumerable<object>)[.. data.Schema.NumericNames, .. data.Schema.Fields, .. data.Schema.Sequences]) text.Append(part).Append('\u001f');
        return Digest(text.ToString());
    }

    /// <summary>64 hexadecimal digits for a text.</summary>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
