using System.Text.Json;

namespace Polymath.Learning.Reporting;

/// <summary>A JSON value that knows its place in the document, so that a wrong type is reported by name.</summary>
internal readonly struct JsonField
{
    private readonly JsonElement _element;
    private readonly string _path;

    public JsonField(JsonElement element, string path)
    {
        _element = element;
        _path = path;
    }

    /// <summary>The last part of the path.</summary>
    public string Name { get; private init; } = "";

    public JsonField Required(string name) => Optional(name) ?? throw new FormatException($"{_path} lacks the field '{name}'.");

    /// <summary>A member, or null when it is missing or null.</summary>
    public JsonField? Optional(string name)
    {
        Expect(JsonValueKind.Object, "an object");
        return _element.TryGetProperty(name, out JsonElement child) && child.ValueKind != JsonValueKind.Null ? new JsonField(child, $"{_path}.{name}") { Name = name } : null;
    }

    public IEnumerable<JsonField> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        string path = _path;
        return _element.EnumerateObject().Select(member => new JsonField(member.Value, $"{path}.{member.Name}") { Name = member.Name });
    }

    public IEnumerable<JsonField> Items(string name)
    {
        if (Optional(name) is not JsonField list) return [];
        list.Expect(JsonValueKind.Array, "a list");
        return list._element.EnumerateArray().Select((item, index) => new JsonField(item, $"{list._path}[{index}]"));
    }

    public double[] Numbers(string name) => [.. Items(name).Select(item => item.Number())];

    public string Text(string name) => Optional(name)?.Text() ?? "";

    public double? Number(string name) => Optional(name)?.Number();

    public long? Integer(string name) => Optional(name) is JsonField field
        ? field._element.ValueKind == JsonValueKind.Number && field._element.TryGetInt64(out long value) ? value : throw field.Wrong("an integer")
        : null;

    public ulong Unsigned(string name) => Optional(name) is JsonField field
        ? field._element.ValueKind == JsonValueKind.Number && field._element.TryGetUInt64(out ulong value) ? value : throw field.Wrong("an integer of zero or more")
        : 0;

    public bool Flag(string name, bool otherwise) => Optional(name) is JsonField field
        ? field._element.ValueKind is JsonValueKind.True or JsonValueKind.False ? field._element.GetBoolean() : throw field.Wrong("true or false")
        : otherwise;

    public string Text()
    {
        Expect(JsonValueKind.String, "text");
        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("well-formed Unicode text"); // half of a surrogate pair as an escape
        }
    }

    public double Number()
    {
        if (_element.ValueKind == JsonValueKind.Number) return _element.GetDouble();
        return (_element.ValueKind == JsonValueKind.String ? _element.GetString() : null) switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw Wrong("a number"),
        };
    }

    private void Expect(JsonValueKind kind, string wanted)
    {
        if (_element.ValueKind != kind) throw Wrong(wanted);
    }

    private FormatException Wrong(string wanted) => new($"{_path} is {_element.ValueKind}, expected {wanted}.");
}
