using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Qama.Cluster.Campaigns;

/// <summary>One task of a campaign: what is run once to one result.</summary>
/// <param name="Key">Its name in the campaign, by content: the same variant, data set, seed and options have the same key in every
/// submission. Letters, digits, '-', '_' and '.': the name of its result's file.</param>
/// <param name="Variant">The variant's name.</param>
/// <param name="DataSet">The data set's name; empty where the campaign has none.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Options">Options as a JSON object, keys in order.</param>
public sealed record CampaignTask(string Key, string Variant, string DataSet, long Seed, string Options);

/// <summary>A campaign: variants × data sets × seeds × options of one task, from a file in YAML or JSON.</summary>
/// <remarks>
/// <code>
/// name: heads            # the campaign; letters, digits, '-', '_', '.'
/// task: sequences        # the name of an ICampaignTask of the workers
/// attempts: 3            # times that a failing task is tried; 3 if not given
/// variants:              # names, or name and options
///   - softmax
///   - name: budget
///     options: { sweeps: 10 }
/// datasets: [repeated, single]   # the same; may be missing
/// seeds: [1..3, 10]      # whole numbers and ranges
/// options:               # one set of options, or a list of sets
///   - { rate: 0.001 }
///   - { rate: 0.002 }
/// </code>
/// A variant's options come before a data set's, and those before the common ones.
/// </remarks>
public sealed class CampaignFile
{
    /// <summary>The most tasks that a campaign may have.</summary>
    public const int MostTasks = 100_000;

    /// <summary>The most attempts that a file may ask for.</summary>
    public const int MostAttempts = 100;

    private const int MostLetters = 100;

    private CampaignFile(string text, string name, string task, int attempts, IReadOnlyList<CampaignTask> tasks) =>
        (Text, Name, Task, Attempts, Tasks) = (text, name, task, attempts, tasks);

    /// <summary>The campaign's name.</summary>
    public string Name { get; }

    /// <summary>The name of the <see cref="ICampaignTask"/>.</summary>
    public string Task { get; }

    /// <summary>How often a failing task is tried; 1 to 100.</summary>
    public int Attempts { get; }

    /// <summary>The tasks, in the file's order: options, data sets, variants, seeds (which change first).</summary>
    public IReadOnlyList<CampaignTask> Tasks { get; }

    /// <summary>What was read.</summary>
    internal string Text { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, YAML or JSON.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="CampaignFileException">It is no campaign.</exception>
    public static CampaignFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="CampaignFileException">It is no campaign.</exception>
    public static CampaignFile Parse(string text, string source = "campaign")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(source);
        CampaignNode root = CampaignNode.Read(text, source);
        Dictionary<string, CampaignNode> keys = Entries(
            root, "a campaign's keys", ["name", "task", "attempts", "variants", "datasets", "seeds", "options"]);
        string name = NameOf(Needed(root, keys, "name", "the campaign's name"));
        string task = NameOf(Needed(root, keys, "task", "the name of a task that workers have"));
        int attempts = !keys.TryGetValue("attempts", out CampaignNode? tries) ? 3
            : tries.Whole is >= 1 and <= MostAttempts and long number ? (int)number
            : throw tries.Fail($"expected a whole number from 1 to {MostAttempts}, got {tries.Described}.");
        List<Choice> variants = Choices(Needed(root, keys, "variants", "a list of variants"), "variant");
        List<Choice> sets = keys.TryGetValue("datasets", out CampaignNode? data) ? Choices(data, "data set") : [new("", null)];
        List<CampaignNode?> options = keys.TryGetValue("options", out CampaignNode? common) ? OptionSets(common) : [null];
        CampaignNode seedNode = Needed(root, keys, "seeds", "a list of whole numbers and ranges as 1..10");
        List<long> seeds = CampaignSeeds.Read(seedNode);
        long count = (long)variants.Count * sets.Count * options.Count;
        if (count * seeds.Count > MostTasks)
        {
            throw root.Fail($"expected at most {MostTasks:#,0} tasks, got {variants.Count} variants × {sets.Count} data sets × "
                + $"{options.Count} sets of options × {seeds.Count} seeds.");
        }

        var tasks = new List<CampaignTask>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (CampaignNode? set in options)
        {
            foreach (Choice part in sets)
            {
                foreach (Choice variant in variants)
                {
                    string merged = Merge(set, part.Options, variant.Options);
                    foreach (long seed in seeds)
                    {
                        string key = KeyOf(task, variant.Name, part.Name, seed, merged);
                        if (!known.Add(key))
                        {
                            throw (set ?? root).Fail($"variant '{variant.Name}' has the same options twice.");
                        }

                        tasks.Add(new CampaignTask(key, variant.Name, part.Name, seed, merged));
                    }
                }
            }
        }

        return new CampaignFile(text, name, task, attempts, tasks);
    }

    private static Dictionary<string, CampaignNode> Entries(CampaignNode node, string what, string[] known)
    {
        if (node.Mapping is null)
        {
            throw node.Fail($"expected {what} ({string.Join(", ", known)}), got {node.Described}.");
        }

        foreach ((string name, CampaignNode value) in node.Mapping)
        {
            if (!known.Contains(name))
            {
                throw value.Fail($"there is no such key. Expected {string.Join(", ", known)}.");
            }
        }

        return node.Mapping.Where(e => !e.Value.IsNull).ToDictionary(StringComparer.Ordinal);
    }

    private static CampaignNode Needed(CampaignNode root, Dictionary<string, CampaignNode> keys, string name, string expected) =>
        keys.TryGetValue(name, out CampaignNode? node) ? node : throw root.Fail($"expected the key '{name}': {expected}.");

    /// <summary>Whether a name can be part of a file's name everywhere.</summary>
    internal static bool IsName(string? name) => name is { Length: >= 1 and <= MostLetters } && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string NameOf(CampaignNode node) => IsName(node.Text) ? node.Text! : throw node.Fail(
        $"expected a name of 1 to {MostLetters} letters, digits, '-', '_' and '.' that begins with a letter or digit, got {node.Described}.");

    private static List<Choice> Choices(CampaignNode node, string what)
    {
        if (node.List is not { Count: > 0 })
        {
            throw node.Fail($"expected a list of names, or of name and options, got {node.Described}.");
        }

        var found = new List<Choice>();
        foreach (CampaignNode element in node.List)
        {
            Choice choice = element.Mapping is null ? new(NameOf(element), null) : NameAndOptions(element, what);
            if (found.Exists(c => c.Name == choice.Name))
            {
                throw element.Fail($"{what} '{choice.Name}' is there twice.");
            }

            found.Add(choice);
        }

        return found;
    }

    private static Choice NameAndOptions(CampaignNode node, string what)
    {
        Dictionary<string, CampaignNode> keys = Entries(node, $"a {what}", ["name", "options"]);
        return new Choice(
            NameOf(Needed(node, keys, "name", $"the {what}'s name")),
            keys.TryGetValue("options", out CampaignNode? options) ? OptionsOf(options) : null);
    }

    private static List<CampaignNode?> OptionSets(CampaignNode node) => node.List is null
        ? [OptionsOf(node)]
        : node.List.Count > 0 ? [.. node.List.Select(OptionsOf)]
        : throw node.Fail("expected options, or a list of sets of options, got an empty list.");

    private static CampaignNode OptionsOf(CampaignNode node) =>
        node.Mapping is not null ? node : throw node.Fail($"expected options as 'name: value', got {node.Described}.");

    private static string Merge(params CampaignNode?[] sets)
    {
        var merged = new SortedDictionary<string, CampaignNode>(StringComparer.Ordinal);
        foreach (CampaignNode set in sets.OfType<CampaignNode>())
        {
            foreach ((string name, CampaignNode value) in set.Mapping!)
            {
                merged[name] = value;
            }
        }

        return Json(writer =>
        {
            writer.WriteStartObject();
            foreach ((string name, CampaignNode value) in merged)
            {
                writer.WritePropertyName(name);
                value.Write(writer);
            }

            writer.WriteEndObject();
        });
    }

    private static string KeyOf(string task, string variant, string dataSet, long seed, string options)
    {
        string content = Json(writer =>
        {
            writer.WriteStartArray();
            writer.WriteStringValue(task);
            writer.WriteStringValue(variant);
            writer.WriteStringValue(dataSet);
            writer.WriteNumberValue(seed);
            writer.WriteStringValue(options);
            writer.WriteEndArray();
        });
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..12];
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{variant}{(dataSet.Length > 0 ? "-" : "")}{dataSet}-s{seed}-{hash}");
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A variant or a data set.</summary>
    private sealed record Choice(string Name, CampaignNode? Options);
}
