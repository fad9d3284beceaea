using System.Globalization;
using Polymath.Learning.Configuration;

namespace Polymath.Tabular;

/// <summary>
/// The options of one model as a table: name, type, default, range and meaning, with how to read and write each in the options
/// record. Parsing, validation, help and saved configurations all come from here.
/// </summary>
internal sealed class OptionTable<T>(string model, T defaults)
    where T : TabularOptions
{
    private const int MaximumLayers = 32;
    private const string None = "none", Auto = "auto";

    private readonly List<Field> _fields = [];

    public IReadOnlyList<ModelOption> Options => [.. _fields.Select(entry => entry.Option)];

    public OptionTable<T> Integer(string name, int minimum, int maximum, Func<T, int> get, Func<T, int, T> set, string meaning)
        => Add(new ModelOption(name, ModelOptionKind.Integer, Text(get(defaults)), meaning) { Minimum = minimum, Maximum = maximum }, o => Text(get(o)), (option, o, text) => set(o, ParseInteger(option, text)));

    /// <summary>A whole number, or "auto" for null.</summary>
    public OptionTable<T> IntegerOrAuto(string name, int minimum, int maximum, Func<T, int?> get, Func<T, int?, T> set, string meaning)
        => Add(
            new ModelOption(name, ModelOptionKind.Integer, get(defaults) is { } value ? Text(value) : Auto, meaning) { Minimum = minimum, Maximum = maximum, Words = [Auto] },
            o => get(o) is { } value ? Text(value) : Auto,
            (option, o, text) => set(o, Is(text, Auto) ? null : ParseInteger(option, text)));

    public OptionTable<T> Number(string name, double minimum, double maximum, Func<T, float> get, Func<T, float, T> set, string meaning)
        => Add(
            new ModelOption(name, ModelOptionKind.Number, Text(get(defaults)), meaning) { Minimum = minimum, Maximum = maximum },
            o => Text(get(o)),
            (option, o, text) => set(o, float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= option.Minimum && value <= option.Maximum ? value : throw option.Invalid(model, text)));

    public OptionTable<T> Flag(string name, Func<T, bool> get, Func<T, bool, T> set, string meaning)
        => Add(
            new ModelOption(name, ModelOptionKind.Flag, Text(get(defaults)), meaning),
            o => Text(get(o)),
            (option, o, text) => set(o, bool.TryParse(text, out bool value) ? value : throw option.Invalid(model, text)));

    /// <summary>Whole numbers; <paramref name="mayBeEmpty"/> allows "none".</summary>
    public OptionTable<T> Integers(string name, int minimum, int maximum, bool mayBeEmpty, Func<T, IReadOnlyList<int>> get, Func<T, IReadOnlyList<int>, T> set, string meaning)
        => Add(
            new ModelOption(name, ModelOptionKind.Integers, Text(get(defaults)), meaning) { Minimum = minimum, Maximum = maximum, Words = mayBeEmpty ? [None] : [] },
            o => Text(get(o)),
            (option, o, text) => set(o, ParseIntegers(option, text, mayBeEmpty)));

    public OptionTable<T> Choice<TEnum>(string name, Func<T, TEnum> get, Func<T, TEnum, T> set, string meaning)
        where TEnum : struct, Enum
    {
        TEnum[] values = Enum.GetValues<TEnum>();
        string[] words = [.. values.Select(value => Kebab(value.ToString()))];
        return Add(
            new ModelOption(name, ModelOptionKind.Choice, Kebab(get(defaults).ToString()), meaning) { Words = words },
            o => Kebab(get(o).ToString()),
            (option, o, text) => set(o, Array.FindIndex(words, word => Is(WrittenName.Normal(text), word)) is var at and >= 0 ? values[at] : throw option.Invalid(model, text)));
    }

    /// <summary>A value with a text form of its own; <paramref name="form"/> shows it, and reading returns null for text of another form.</summary>
    public OptionTable<T> Text<TValue>(string name, string form, Func<T, TValue> get, Func<T, TValue, T> set, Func<TValue, string> write, Func<string, TValue?> read, string meaning)
        where TValue : class
        => Add(new ModelOption(name, ModelOptionKind.Text, write(get(defaults)), meaning) { Words = [form] }, o => write(get(o)), (option, o, text) => set(o, read(text) ?? throw option.Invalid(model, text)));

    /// <summary>The defaults with the given values written over them.</summary>
    /// <exception cref="ModelException">An unknown option, an option given twice, or a value out of range.</exception>
    public T Parse(IReadOnlyDictionary<string, string> values)
    {
        T options = defaults;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string key, string value) in values)
        {
            string name = WrittenName.Normal(key);
            Field field = _fields.Find(known => known.Option.Name == name)
                ?? throw new ModelException($"{model}: unknown option '{key}'{NearestName.Hint(name, _fields.Select(known => known.Option.Name))}; known: {string.Join(", ", _fields.Select(known => known.Option.Name))}.");
            if (!seen.Add(name)) throw new ModelException($"{model}: option '{name}' is given twice, expected once.");
            options = field.Write(field.Option, options, (value ?? string.Empty).Trim());
        }

        return options;
    }

    /// <summary>Returns the options if every value lies in its range.</summary>
    /// <exception cref="ModelException">One does not.</exception>
    public T Check(T options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (Field field in _fields) field.Write(field.Option, options, field.Read(options));
        return options;
    }

    /// <summary>Every option as text; <see cref="Parse"/> reads it back.</summary>
    public IReadOnlyDictionary<string, string> Write(T options) => _fields.ToDictionary(field => field.Option.Name, field => field.Read(options), StringComparer.Ordinal);

    private static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(IReadOnlyList<int> values) => values is null || values.Count == 0 ? None : string.Join('/', values.Select(Text));

    /// <summary>"TaskOnly" is written "task-only".</summary>
    private static string Kebab(string name) => string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    private OptionTable<T> Add(ModelOption option, Func<T, string> read, Func<ModelOption, T, string, T> write)
    {
        _fields.Add(new Field(option, read, write));
        return this;
    }

    private int ParseInteger(ModelOption option, string text)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= option.Minimum && value <= option.Maximum ? value : throw option.Invalid(model, text);

    private int[] ParseIntegers(ModelOption option, string text, bool mayBeEmpty)
    {
        string[] parts = Is(text, None) ? [] : text.Trim('[', ']').Split(['/', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > MaximumLayers || (parts.Length == 0 && !mayBeEmpty)) throw option.Invalid(model, text.Length == 0 ? None : text);
        int[] values = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[i]) || values[i] < option.Minimum || values[i] > option.Maximum) throw option.Invalid(model, text);
        }

        return values;
    }

    private sealed record Field(ModelOption Option, Func<T, string> Read, Func<ModelOption, T, string, T> Write);
}
