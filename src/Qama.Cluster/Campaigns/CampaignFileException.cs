namespace Qama.Cluster.Campaigns;

/// <summary>A campaign's file is not one: the message names file, line and key, and says what was expected.</summary>
/// <param name="source">The file.</param>
/// <param name="line">The line, from 1.</param>
/// <param name="key">The key, as "variants[2].name"; empty for the file as a whole.</param>
/// <param name="problem">What was expected, and what is there.</param>
public sealed class CampaignFileException(string source, long line, string key, string problem)
    : FormatException($"{source}, line {line}{(key.Length > 0 ? $", {key}" : "")}: {problem}")
{
    /// <summary>The line, from 1.</summary>
    public long Line { get; } = line;

    /// <summary>The key, as "variants[2].name"; empty for the file as a whole.</summary>
    public string Key { get; } = key;
}
