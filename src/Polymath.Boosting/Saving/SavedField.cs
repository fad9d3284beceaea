using System.Text.Json;

namespace Polymath.Boosting;

/// <summary>A value of a saved model, read strictly; <see cref="Name"/> is where it stands, for messages.</summary>
internal readonly record struct SavedField(JsonElement Element, string Name)
{
    /// <summary>A member of an object.</summary>
    public SavedField this[string member] => Optional(member) ?? throw new BoostingException($"{Path(member)} is missing.");

    /// <summary>A member of an object; null when it is not there or null.</summary>
    public SavedField? Optional(string member)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Fail("an object");
        return Element.TryGetProperty(member, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? new SavedField(found, Path(member)) : null;
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<KeyValuePair<string, SavedField>> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Fail("an object");
        foreach (JsonProperty member in Element.EnumerateObject()) yield return new(member.Name, new SavedField(member.Value, Path(member.Name)));
    }

    /// <summary>The items of a list.</summary>
    public IEnumerable<SavedField> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array) throw Fail("a list");
        int at = 0;
        foreach (JsonElement item in Element.EnumerateArray()) yield return new SavedField(item, $"{Name}[{at++}]");
    }

    /// <summary>A text.</summary>
    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Fail("a text");

    /// <summary>True or false.</summary>
    public bool Flag() => Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Fail("true or false");

    /// <summary>A finite number.</summary>
    public double Number() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out double value) && double.IsFinite(value) ? value : throw Fail("a finite number");

    /// <summary>A finite single.</summary>
    public float Single() => Element.ValueKind == JsonValueKind.Number && Element.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw Fail("a finite number in single precision");

    /// <summary>A whole number.</summary>
    public int Integer() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int value) ? value : throw Fail("a whole number");

    /// <summary>A whole number of 0 or more.</summary>
    public ulong Unsigned() => Element.ValueKind == JsonValueKind.Number && Element.TryGetUInt64(out ulong value) ? value : throw Fail("a whole number of 0 or more");

    /// <summary>A member of an enumeration, by name.</summary>
    public T Choice<T>()
        where T : struct, Enum
    {
        string word = Text();
        int at = Array.IndexOf(Enum.GetNames<T>(), word);
        return at >= 0 ? Enum.GetValues<T>()[at] : throw Fail($"one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    /// <summary>An error that says what stands here and what should.</summary>
    public BoostingException Fail(string expected)
    {
        string found = Element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ when Element.GetRawText() is { Length: <= 60 } text => text,
            _ => "a long text",
        };
        return new BoostingException($"{(Name.Length == 0 ? "the file" : Name)}: found {found}, expected {expected}.");
    }

    private string Path(string member) => Name.Length == 0 ? member : $"{Name}.{member}";
}
