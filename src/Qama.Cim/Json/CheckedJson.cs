using System.Globalization;
using System.Text.Json;
using Qama.Cim.Transport;

namespace Qama.Cim.Json;

/// <summary>A value of JSON that comes from elsewhere, with its place. Whatever is not as expected is a
/// <see cref="CimAnswerException"/> that tells the place and never the content.</summary>
internal readonly struct CheckedJson
{
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 16, AllowDuplicateProperties = false };
    private readonly JsonElement _value;
    private readonly string _place;

    private CheckedJson(JsonElement value, string place) => (_value, _place) = (value, place);

    public bool IsTrue => _value.ValueKind == JsonValueKind.True;

    public bool IsNumber => _value.ValueKind == JsonValueKind.Number;

    public bool IsObject => _value.ValueKind == JsonValueKind.Object;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>A property of an object.</summary>
    public CheckedJson this[string name] => Find(name) is { _value.ValueKind: not JsonValueKind.Undefined } value
        ? value
        : throw new CimAnswerException(
            $"{_place}: expected an object with \"{name}\", got {(_value.ValueKind == JsonValueKind.Object ? "one without" : Kind)}.");

    private string Kind => _value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        JsonValueKind.Null => "null",
        _ => "nothing",
    };

    /// <summary>Reads JSON; a byte order mark before it is skipped.</summary>
    /// <param name="utf8">The JSON, of a length that the caller has limited.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="CimAnswerException">It is none, nested too deeply, or gives a property twice.</exception>
    public static CheckedJson Parse(ReadOnlySpan<byte> utf8, string what)
    {
        try
        {
            return new CheckedJson(JsonElement.Parse(WithoutMark(utf8), _options), $"{what} at $");
        }
        catch (JsonException e) when (e.LineNumber is null)
        {
            throw new CimAnswerException($"{what} gives a property twice.");
        }
        catch (JsonException e)
        {
            throw new CimAnswerException($"{what} is no JSON (at byte {e.BytePositionInLine} of line {e.LineNumber}).");
        }
        catch (InvalidOperationException)
        {
            throw new CimAnswerException($"{what} has a property whose name is no Unicode.");
        }
    }

    /// <summary>JSON without the byte order mark that editors put before it.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) =>
        utf8.StartsWith(ByteOrderMark) ? utf8[ByteOrderMark.Length..] : utf8;

    /// <summary>A property of an object, or nothing.</summary>
    public CheckedJson Find(string name)
    {
        try
        {
            JsonElement value = default;
            _ = _value.ValueKind == JsonValueKind.Object && _value.TryGetProperty(name, out value);
            return new CheckedJson(value, $"{_place}.{name}");
        }
        catch (InvalidOperationException)
        {
            throw new CimAnswerException($"{_place} has a property whose name is no Unicode.");
        }
    }

    /// <summary>A property that people read and nothing depends on; "" where it is no text.</summary>
    public string Words(string name)
    {
        try
        {
            return Find(name) is { _value.ValueKind: JsonValueKind.String } value ? value.Text() : "";
        }
        catch (CimAnswerException)
        {
            return "(text that is no Unicode)";
        }
    }

    public string Text()
    {
        try
        {
            return _value.ValueKind == JsonValueKind.String ? _value.GetString()! : throw Unexpected("a text");
        }
        catch (InvalidOperationException)
        {
            throw new CimAnswerException($"{_place}: expected a text, got one that is no Unicode.");
        }
    }

    /// <summary>A text, or a number as text.</summary>
    public string Scalar() => _value.ValueKind != JsonValueKind.Number
        ? _value.ValueKind == JsonValueKind.String ? Text() : throw Unexpected("a text or a number")
        : _value.TryGetInt64(out long number) ? number.ToString(CultureInfo.InvariantCulture) : _value.GetRawText();

    /// <summary>An integer, or a text of one.</summary>
    public int Integer(int least, int most) =>
        int.TryParse(Scalar(), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value : throw new CimAnswerException($"{_place}: expected {least} to {most}, got something else.");

    /// <summary>A finite number, or a text of one.</summary>
    public double Number()
    {
        double value = _value.ValueKind switch
        {
            JsonValueKind.Number => _value.TryGetDouble(out double number) ? number : double.NaN,
            JsonValueKind.String => Number(Text()),
            _ => throw Unexpected("a number"),
        };
        return double.IsFinite(value)
            ? value : throw new CimAnswerException($"{_place}: expected a finite number, got something else.");
    }

    public byte[] Base64()
    {
        try
        {
            return Convert.FromBase64String(Text());
        }
        catch (FormatException)
        {
            throw new CimAnswerException($"{_place}: expected base64, got another text.");
        }
    }

    /// <summary>How many values a list has.</summary>
    public int Count() => _value.ValueKind == JsonValueKind.Array ? _value.GetArrayLength() : throw Unexpected("a list");

    /// <summary>The values of a list.</summary>
    public IEnumerable<CheckedJson> Items()
    {
        Count();
        int i = 0;
        foreach (JsonElement value in _value.EnumerateArray())
        {
            yield return new CheckedJson(value, string.Create(CultureInfo.InvariantCulture, $"{_place}[{i++}]"));
        }
    }

    /// <summary>A solution. Its form is documented nowhere: accepted are lists of numbers, and texts of them.</summary>
    /// <param name="room">Room for as many numbers as it may have.</param>
    public ReadOnlySpan<double> Numbers(double[] room)
    {
        if (_value.ValueKind == JsonValueKind.String)
        {
            return Numbers(Text(), room);
        }

        int length = _value.ValueKind == JsonValueKind.Array ? Count() : throw Unexpected("a list or a text as solution");
        if (length > room.Length)
        {
            throw TooLong(room.Length);
        }

        int i = 0;
        foreach (JsonElement value in _value.EnumerateArray())
        {
            room[i++] = new CheckedJson(value, _place).Number(); // no place of its own: there are many
        }

        return room.AsSpan(0, length);
    }

    private ReadOnlySpan<double> Numbers(string text, double[] room)
    {
        string[] parts = text.Trim('[', ']', ' ').Split([',', ' '], room.Length + 1, StringSplitOptions.RemoveEmptyEntries);
        bool isPlain = parts.Length == 1 && parts[0].Length > 1 && parts[0].All(c => c is '0' or '1');
        int length = isPlain ? parts[0].Length : parts.Length;
        if (length > room.Length)
        {
            throw TooLong(room.Length);
        }

        for (int i = 0; i < length; i++)
        {
            room[i] = isPlain ? parts[0][i] - '0' : Number(parts[i]);
        }

        return room.AsSpan(0, length);
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;

    private CimAnswerException TooLong(int most) => new($"{_place}: expected at most {most} values, got more.");

    private CimAnswerException Unexpected(string expected) => new($"{_place}: expected {expected}, got {Kind}.");
}
