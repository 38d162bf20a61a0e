using System.Runtime.CompilerServices;

namespace Qama.Generators.Tests.Harness;

/// <summary>
/// Compares text with a file kept beside the test, by Verify's conventions: <c>Test.name.verified.cs</c> is committed,
/// <c>Test.name.received.cs</c> appears on a mismatch; accept it by renaming.
/// </summary>
internal static class Snapshot
{
    /// <param name="text">What the test produced.</param>
    /// <param name="name">What it is, as part of the file's name.</param>
    /// <param name="testFile">Filled in by the compiler.</param>
    public static void Match(string text, string name, [CallerFilePath] string testFile = "")
    {
        string stem = Path.ChangeExtension(testFile, null) + "." + name;
        string verified = stem + ".verified.cs";
        string received = stem + ".received.cs";
        string actual = Normalise(text);
        string? expected = File.Exists(verified) ? Normalise(File.ReadAllText(verified)) : null;
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail(expected is null
            ? $"No snapshot yet. Read {received}; if it is right, rename it to {Path.GetFileName(verified)}."
            : $"The snapshot differs. Compare {received} with {Path.GetFileName(verified)}; the first difference:\n"
                + FirstDifference(expected, actual));
    }

    private static string Normalise(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string FirstDifference(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        int line = 0;
        while (line < Math.Min(left.Length, right.Length) && left[line] == right[line])
        {
            line++;
        }

        return $"line {line + 1}\n- {left.ElementAtOrDefault(line)}\n+ {right.ElementAtOrDefault(line)}";
    }
}
