using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qama.Tool.Formats;

/// <summary>A value in a JSON file, which errors name with line and path.</summary>
internal sealed class JsonPlace
{
    private readonly string _name;
    private readonly byte[] _text;
    private readonly JsonElement _element;
    private readonly JsonPlace? _parent;
    private readonly string? _property;
    private readonly int _index;

    private JsonPlace(JsonPlace parent, JsonElement element, string? property, int index)
    {
        (_name, _text, _parent) = (parent._name, parent._text, parent);
        (_element, _property, _index) = (element, property, index);
    }

    private JsonPlace(string name, byte[] text, JsonElement root) => (_name, _text, _element) = (name, text, root);

    /// <summary>The file's value.</summary>
    /// <exception cref="InvalidDataException">It is no JSON.</exception>
    public static JsonPlace Root(TextReader reader, string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(reader.ReadToEnd().TrimStart('\uFEFF'));
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new(name, text, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}, line {e.LineNumber + 1}: the file is no JSON, or is cut off.", e);
        }
    }

    /// <summary>What kind of value stands here: object, array, number, text and so on.</summary>
    public JsonValueKind Kind => _element.ValueKind;

    /// <summary>The value as compact JSON, for error messages.</summary>
    public string Raw => JsonSerializer.Serialize(_element);

    /// <summary>A property that must be there.</summary>
    public JsonPlace this[string property] => Find(property) ?? Missing(property);

    /// <summary>A property, or null.</summary>
    public JsonPlace? Find(string property) =>
        _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(property, out JsonElement value)
            ? new(this, value, property, 0) : null;

    /// <summary>The elements of a list.</summary>
    public IEnumerable<JsonPlace> Items()
    {
        if (Kind != JsonValueKind.Array)
        {
            Fail("expected a list");
        }

        int index = 0;
        foreach (JsonElement element in _element.EnumerateArray())
        {
            yield return new(this, element, null, index++);
        }
    }

    /// <summary>A finite number.</summary>
    public double Number()
    {
        double value = double.NaN;
        if (Kind != JsonValueKind.Number || !_element.TryGetDouble(out value) || !double.IsFinite(value))
        {
            Fail($"expected a finite number, got {Raw}");
        }

        return value;
    }

    /// <summary>A whole number within bounds.</summary>
    public long Integer(long least, long most)
    {
        long value = 0;
        if (Kind != JsonValueKind.Number || !_element.TryGetInt64(out value) || value < least || value > most)
        {
            Fail(FormattableString.Invariant($"expected a whole number in {least}..{most}, got {Raw}"));
        }

        return value;
    }

    /// <summary>A text.</summary>
    public string Text()
    {
        if (Kind != JsonValueKind.String)
        {
            Fail($"expected a text, got {Raw}");
        }

        return _element.GetString()!;
    }

    /// <summary>Says what is wrong here.</summary>
    [DoesNotReturn]
    public void Fail(string what) => throw new InvalidDataException(
        string.Create(CultureInfo.InvariantCulture, $"{_name}, line {Line()}, {Path()}: {what}."));

    private JsonPlace Missing(string property)
    {
        Fail($"expected an object with \"{property}\"");
        return this;
    }

    private string Path() => _parent is null ? "$"
        : _property is null ? string.Create(CultureInfo.InvariantCulture, $"{_parent.Path()}[{_index}]")
        : $"{_parent.Path()}.{_property}";

    private long Line()
    {
        Stack<JsonPlace> steps = new();
        for (JsonPlace place = this; place._parent is not null; place = place._parent)
        {
            steps.Push(place);
        }

        var reader = new Utf8JsonReader(_text);
        reader.Read();
        foreach (JsonPlace step in steps)
        {
            reader.Read();
            for (int index = 0; step._property is null ? index < step._index
                : !reader.ValueTextEquals(step._property); index++)
            {
                reader.Skip();
                reader.Read();
            }

            _ = step._property is null || reader.Read();
        }

        return 1 + _text.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
    }
}
