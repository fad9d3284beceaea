using System.Text.Json;

namespace Polymath.Data;

/// <summary>A JSON object being read, with its place, so that an error can say which member of which file is wrong.</summary>
internal readonly struct JsonField(JsonElement element, string file, string place)
{
    public string Text(string name)
    {
        JsonElement member = Member(name, "a text");
        return member.ValueKind == JsonValueKind.String ? member.GetString()! : throw Fail(name, Found(member), "a text");
    }

    public string? OptionalText(string name) => element.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Null ? null : Text(name);

    public double Number(string name)
    {
        JsonElement member = Member(name, "a number");
        return member.ValueKind == JsonValueKind.Number && member.TryGetDouble(out double value) && double.IsFinite(value) ? value : throw Fail(name, Found(member), "a finite number");
    }

    public int Whole(string name, int minimum, int maximum)
    {
        double value = Number(name);
        return value == Math.Floor(value) && value >= minimum && value <= maximum ? (int)value : throw Fail(name, value.ToString("R", System.Globalization.CultureInfo.InvariantCulture), $"a whole number in [{minimum}, {maximum}]");
    }

    public bool Flag(string name)
    {
        JsonElement member = Member(name, "true or false");
        return member.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Fail(name, Found(member), "true or false") };
    }

    public T Choice<T>(string name)
        where T : struct, Enum
    {
        string word = Text(name);
        foreach (T value in Enum.GetValues<T>()) if (value.ToString().Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
        throw Fail(name, $"'{word}'", $"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
    }

    public string[] Texts(string name)
    {
        JsonElement array = Array(name);
        var texts = new string[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in array.EnumerateArray()) texts[i++] = item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Fail($"{name}[{i}]", Found(item), "a text");
        return texts;
    }

    public float[] Floats(string name)
    {
        JsonElement array = Array(name);
        var values = new float[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            values[i] = item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw Fail($"{name}[{i}]", Found(item), "a finite number");
            i++;
        }

        return values;
    }

    public bool Has(string name) => element.TryGetProperty(name, out _);

    public JsonField Item(string name)
    {
        JsonElement member = Member(name, "an object");
        return member.ValueKind == JsonValueKind.Object ? new JsonField(member, file, $"{place}{name}.") : throw Fail(name, Found(member), "an object");
    }

    public List<JsonField> Items(string name)
    {
        JsonElement array = Array(name);
        var items = new List<JsonField>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw Fail($"{name}[{items.Count}]", Found(item), "an object");
            items.Add(new JsonField(item, file, $"{place}{name}[{items.Count}]."));
        }

        return items;
    }

    public EncoderFormatException Fail(string name, string found, string expected) => new($"{file}: '{place}{name}' is {found}, expected {expected}; train again or restore the file.", file);

    private JsonElement Array(string name)
    {
        JsonElement member = Member(name, "a list");
        return member.ValueKind == JsonValueKind.Array ? member : throw Fail(name, Found(member), "a list");
    }

    private JsonElement Member(string name, string expected) => element.TryGetProperty(name, out JsonElement member) ? member : throw Fail(name, "missing", expected);

    private static string Found(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 39), "…");
    }
}
