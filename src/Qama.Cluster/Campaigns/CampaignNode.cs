using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Qama.Cluster.Campaigns;

/// <summary>A value of a campaign's file, YAML or JSON (which YAML contains), with its place.</summary>
internal sealed class CampaignNode
{
    private const int MostDepth = 32;
    private const int MostLetters = 4_000_000;

    private readonly string _source;
    private readonly long _line;

    private CampaignNode(string source, string key, in Mark mark) => (_source, Key, _line) = (source, key, mark.Line);

    /// <summary>Where it is, as "variants[2].name".</summary>
    public string Key { get; }

    /// <summary>Entries of a mapping in the file's order; null if it is none.</summary>
    public IReadOnlyList<KeyValuePair<string, CampaignNode>>? Mapping { get; private set; }

    /// <summary>Elements of a list; null if it is none.</summary>
    public IReadOnlyList<CampaignNode>? List { get; private set; }

    /// <summary>The text of a single value; null for a mapping and a list.</summary>
    public string? Text { get; private set; }

    private bool IsPlain { get; set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CampaignFileException">It is no YAML, has several documents, anchors, two equal keys, or is too deep.</exception>
    public static CampaignNode Read(string text, string source)
    {
        if (text.Length > MostLetters)
        {
            throw new CampaignFileException(source, 1, "", $"expected at most {MostLetters:#,0} letters, got {text.Length:#,0}.");
        }

        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Current is StreamEnd)
            {
                throw new CampaignFileException(source, 1, "", "expected a campaign, got nothing.");
            }

            parser.Consume<DocumentStart>();
            CampaignNode root = Read(parser, source, "", MostDepth);
            parser.Consume<DocumentEnd>();
            return parser.Current is StreamEnd ? root : throw root.Fail("expected one document, got several.");
        }
        catch (Exception e) when (e is not CampaignFileException)
        {
            // The library has other exceptions than its own for some texts.
            long line = (e as YamlException)?.Start.Line ?? parser.Current?.End.Line ?? 1;
            throw new CampaignFileException(source, Math.Max(1, line), "", $"expected YAML or JSON: {e.InnerException?.Message ?? e.Message}");
        }
    }

    /// <summary>The error of this place.</summary>
    /// <param name="problem">What was expected, and what is there; it ends with a full stop.</param>
    public CampaignFileException Fail(string problem) => new(_source, _line, Key, problem);

    /// <summary>What it is, for messages.</summary>
    public string Described => Mapping is not null ? "a mapping" : List is not null ? "a list" : $"'{Text}'";

    /// <summary>Whether it is there, and not null.</summary>
    public bool IsNull => Text is not null && IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>A whole number, or null if it is none.</summary>
    public long? Whole => Text is not null && IsPlain
        && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Writes it as JSON: keys in order, numbers as .NET writes them, so that equal contents are equal texts.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (Mapping is not null)
        {
            writer.WriteStartObject();
            foreach ((string name, CampaignNode value) in Mapping.OrderBy(e => e.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(name);
                value.Write(writer);
            }

            writer.WriteEndObject();
        }
        else if (List is not null)
        {
            writer.WriteStartArray();
            foreach (CampaignNode value in List)
            {
                value.Write(writer);
            }

            writer.WriteEndArray();
        }
        else
        {
            WriteValue(writer);
        }
    }

    // YAML 1.2's core schema, which JSON's values are part of.
    private void WriteValue(Utf8JsonWriter writer)
    {
        string text = Text!;
        if (!IsPlain)
        {
            writer.WriteStringValue(text);
        }
        else if (IsNull)
        {
            writer.WriteNullValue();
        }
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            writer.WriteBooleanValue(text[0] is 't' or 'T');
        }
        else if (Whole is { } whole)
        {
            writer.WriteNumberValue(whole);
        }
        else if (text is ".inf" or "-.inf" or ".nan" or ".Inf" or "-.Inf" or ".NaN" or ".INF" or "-.INF" or ".NAN")
        {
            throw Fail($"expected a number that JSON has, got '{text}'.");
        }
        else if (text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiDigit(c) || c is '.' or 'e' or 'E' or '+' or '-')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            if (!double.IsFinite(number) || (!text.AsSpan().ContainsAny('.', 'e', 'E')))
            {
                throw Fail($"expected a number of 64 bits, got '{text}'.");
            }

            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static CampaignNode Read(Parser parser, string source, string key, int depth)
    {
        ParsingEvent start = parser.Consume<ParsingEvent>();
        var node = new CampaignNode(source, key, start.Start);
        if (depth == 0)
        {
            throw node.Fail($"expected at most {MostDepth} levels.");
        }

        switch (start)
        {
            case NodeEvent { Tag.IsEmpty: false, Tag.IsNonSpecific: false } tagged:
                throw node.Fail($"expected no tag, got '{tagged.Tag}'.");
            case AnchorAlias or NodeEvent { Anchor.IsEmpty: false }:
                throw node.Fail("expected values written out: anchors and aliases ('&', '*') are not read.");
            case Scalar scalar:
                node.Text = scalar.Value;
                node.IsPlain = scalar.Style == ScalarStyle.Plain;
                break;
            case SequenceStart:
                var list = new List<CampaignNode>();
                while (parser.Current is not SequenceEnd)
                {
                    list.Add(Read(parser, source, $"{key}[{list.Count + 1}]", depth - 1));
                }

                parser.Consume<SequenceEnd>();
                node.List = list;
                break;
            case MappingStart:
                node.Mapping = ReadMapping(parser, source, key, depth);
                break;
        }

        return node;
    }

    private static List<KeyValuePair<string, CampaignNode>> ReadMapping(Parser parser, string source, string key, int depth)
    {
        var entries = new List<KeyValuePair<string, CampaignNode>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (parser.Current is not MappingEnd)
        {
            CampaignNode named = Read(parser, source, key, depth - 1);
            string name = named.Text ?? throw named.Fail($"expected a name as the key, got {named.Described}.");
            if (!names.Add(name))
            {
                throw named.Fail($"'{name}' is there twice.");
            }

            entries.Add(new(name, Read(parser, source, key.Length > 0 ? $"{key}.{name}" : name, depth - 1)));
        }

        parser.Consume<MappingEnd>();
        return entries;
    }
}
