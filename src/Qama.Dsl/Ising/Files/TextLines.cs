using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Qama.Ising.Files;

/// <summary>Lines of a text file with their numbers, and errors that name both.</summary>
internal sealed class TextLines(TextReader reader, string name)
{
    private const char ByteOrderMark = '\uFEFF';

    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _line = new();
    private int _position;
    private int _length;

    /// <summary>Number of the present line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the last line read was ended by a line break: a file that is cut off seldom is.</summary>
    public bool EndsWithBreak { get; private set; } = true;

    /// <summary>The next line that is not blank, trimmed; null at the end.</summary>
    public string? Next()
    {
        while (ReadLine() is string line)
        {
            line = (Number++ == 0 ? line.TrimStart(ByteOrderMark) : line).Trim();
            if (line.Length > 0)
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public double ParseNumber(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            Fail($"expected a finite number, got '{text}'");
        }

        return value;
    }

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public int ParseInteger(string text, int least, int most)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
        {
            Fail($"expected a whole number in {least}..{most}, got '{text}'");
        }

        return value;
    }

    /// <summary>A number as text that reads back to the same bits.</summary>
    public static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The same without an exponent: some readers know none.</summary>
    public static string FormatPlain(double value)
    {
        string text = Format(value);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
        {
            return text;
        }

        string sign = text[0] == '-' ? "-" : "";
        string[] mantissa = text[sign.Length..e].Split('.');
        string digits = string.Concat(mantissa);
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa[0].Length + exponent;
        return sign + (point <= 0 ? $"0.{new string('0', -point)}{digits}" : digits.PadRight(point, '0'));
    }

    /// <summary>Says what is wrong in the present line.</summary>
    [DoesNotReturn]
    public void Fail(string what) => throw new InvalidDataException($"{name}, line {Number}: {what}.");

    /// <summary>As <see cref="TextReader.ReadLine"/>, which does not tell whether the last line has a break.</summary>
    private string? ReadLine()
    {
        if (_position == _length && !Fill())
        {
            return null;
        }

        _line.Clear();
        do
        {
            Span<char> rest = _buffer.AsSpan(_position, _length - _position);
            int end = rest.IndexOfAny('\r', '\n');
            if (end >= 0)
            {
                _line.Append(rest[..end]);
                _position += end + 1;
                if (rest[end] == '\r' && (_position < _length || Fill()) && _buffer[_position] == '\n')
                {
                    _position++;
                }

                EndsWithBreak = true;
                return _line.ToString();
            }

            _line.Append(rest);
        }
        while (Fill());

        EndsWithBreak = false;
        return _line.ToString();
    }

    private bool Fill()
    {
        (_position, _length) = (0, reader.Read(_buffer, 0, _buffer.Length));
        return _length > 0;
    }
}
