namespace Qama.Cluster;

/// <summary>Secrets of a process: from the environment, or from the file that <see cref="FileVariable"/> names. Never from the command
/// line, which every user of a computer can read.</summary>
internal static class ClusterSecrets
{
    /// <summary>The environment variable with the path of a file of lines NAME=value; lines that begin with '#' are comments.</summary>
    public const string FileVariable = "QAMA_CLUSTER_SECRETS";

    /// <summary>A secret, or null where there is none. The environment comes before the file.</summary>
    /// <param name="name">Its name, that of an environment variable.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line of the file is none of NAME=value; the message has its number alone.</exception>
    public static string? Read(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } found)
        {
            return found;
        }

        return Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file
            ? Parse(file).GetValueOrDefault(name) : null;
    }

    private static Dictionary<string, string> Parse(string file)
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
            {
                continue;
            }

            int end = line.IndexOf('=', StringComparison.Ordinal);
            if (end <= 0)
            {
                throw new InvalidDataException($"'{file}', line {number}: expected NAME=value.");
            }

            secrets[line[..end].Trim()] = line[(end + 1)..].Trim();
        }

        return secrets;
    }
}
