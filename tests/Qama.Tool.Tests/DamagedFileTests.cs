using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics;
using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary>Files cut off, with characters lost, doubled or exchanged: read as something, or refused in one line.</summary>
public sealed class DamagedFileTests : FolderTest
{
    private const string Characters = "0123456789.-+eE ,;\t\n#%c{}[]\":xé";

    [Fact]
    public void No_damage_is_anything_but_an_error_with_the_file_s_name() => Prop.ForAll(Seeds.All, seed =>
    {
        var random = new RandomStream((ulong)seed);
        var files = KnownFileTests.Files.ToArray();
        object[] file = files[random.NextInt32(files.Length)];
        string path = Write((string)file[0], Damaged((string)file[1], ref random));
        foreach (ProblemFormat? from in new[] { null, ProblemFormats.All[random.NextInt32(ProblemFormats.All.Count)] })
        {
            foreach (VariableKind? kind in new VariableKind?[] { null, VariableKind.Spin })
            {
                try
                {
                    PlainProblem problem = ProblemFile.Read(path, from, new(kind)).Problem;
                    Assert.True(double.IsFinite(problem.Offset));
                    Assert.All(problem.Terms, t => Assert.True(t.I >= 0 && t.I <= t.J && t.J < problem.Size && double.IsFinite(t.Value)));
                }
                catch (InvalidDataException e)
                {
                    Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                }
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    private static string Damaged(string text, ref RandomStream random)
    {
        for (int damage = random.NextInt32(3); damage >= 0 && text.Length > 1; damage--)
        {
            int at = random.NextInt32(text.Length);
            text = random.NextInt32(5) switch
            {
                0 => text[..at],
                1 => text.Remove(at, 1),
                2 => text.Insert(at, text[at].ToString()),
                3 => text.Insert(at, Characters[random.NextInt32(Characters.Length)].ToString()),
                _ => text[..at] + Characters[random.NextInt32(Characters.Length)] + text[(at + 1)..],
            };
        }

        return text;
    }
}
