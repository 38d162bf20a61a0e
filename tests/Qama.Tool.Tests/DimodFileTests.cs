using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics;
using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary>dimod's own files, written here after their description in dimod's source: what is read has the same
/// energies.</summary>
public sealed class DimodFileTests : FolderTest
{
    [Fact]
    public void A_model_of_either_version_and_any_type_of_number_is_read() => Prop.ForAll(Seeds.All, seed =>
    {
        var random = new RandomStream((ulong)seed);
        PlainProblem problem = Random(ref random);
        string path = At("model.bqm");
        File.WriteAllBytes(path, Bytes(problem, ref random));
        (PlainProblem read, ProblemFormat format) = ProblemFile.Read(path, null, default);
        Assert.Equal("dimod", format.Id);
        Assert.Equal((problem.Kind, problem.Offset), (read.Kind, read.Offset));
        Assert.Equal(problem.Terms, read.Terms);
        Assert.Equal(problem.Labels, read.Labels);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void A_file_that_was_cut_off_or_damaged_is_refused_by_name() => Prop.ForAll(Seeds.All, seed =>
    {
        var random = new RandomStream((ulong)seed);
        byte[] bytes = Bytes(Random(ref random), ref random);
        bytes = random.NextInt32(2) == 0 ? bytes[..random.NextInt32(bytes.Length)] : bytes;
        if (bytes.Length > 0)
        {
            bytes[random.NextInt32(bytes.Length)] ^= (byte)(1 << random.NextInt32(8));
        }

        string path = At("model.bqm");
        File.WriteAllBytes(path, bytes);
        try
        {
            PlainProblem problem = ProblemFile.Read(path, null, default).Problem;
            Assert.All(problem.Terms, t =>
                Assert.True(t.I >= 0 && t.I <= t.J && t.J < problem.Size && double.IsFinite(t.Value)));
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void It_is_converted_and_never_written()
    {
        var random = new RandomStream(3);
        File.WriteAllBytes(At("model.bqm"), Bytes(Random(ref random), ref random));
        Assert.Equal(0, ToolProgram.Run("convert", At("model.bqm"), At("model.json")).ExitCode);
        Assert.DoesNotContain("dimod", ProblemFormats.Names);
        Assert.Equal("bqm", ProblemFile.Read(At("model.json"), null, default).Format.Id);
    }

    private static PlainProblem Random(ref RandomStream random)
    {
        int size = 1 + random.NextInt32(5);
        var terms = new TermList(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                terms.Add(i, j, random.NextInt32(3) == 0 ? 0 : random.NextInt32(33) - 16);
            }
        }

        string[]? labels = random.NextInt32(2) == 0 ? null
            : [.. Enumerable.Range(0, size).Select(i => i % 2 == 0 ? $"\"v{i}\"" : $"[{i},0]")];
        return terms.Build((VariableKind)random.NextInt32(2), random.NextInt32(9) - 4, "random", labels: labels);
    }

    private static byte[] Bytes(PlainProblem problem, ref RandomStream random)
    {
        string[] biases = ["float64", "float32", "int8", "int16"], indices = ["uint32", "int32", "int64", "uint8"];
        (string bias, string index, string start) =
            (biases[random.NextInt32(4)], indices[random.NextInt32(4)], indices[random.NextInt32(4)]);
        bool inHeader = random.NextInt32(2) == 0;
        string names = problem.Labels is null ? $"[{string.Join(", ", Enumerable.Range(0, problem.Size))}]"
            : $"[{string.Join(", ", problem.Labels)}]";
        string variables = inHeader ? names : problem.Labels is null ? "false" : "true";
        string header = $$"""
            {"dtype": "{{bias}}", "itype": "{{index}}", "ntype": "{{start}}", "shape": [{{problem.Size}}, {{problem.PairCount}}], "type": "BQM", "variables": {{variables}}, "vartype": "{{problem.Vartype}}"}

            """.ReplaceLineEndings("\n");
        header = header.PadRight(header.Length + 15 - ((14 + header.Length + 15) % 16));
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
        {
            writer.Write(Encoding.ASCII.GetBytes("DIMODBQM"));
            writer.Write([(byte)(inHeader ? 1 : 2), 0]);
            writer.Write(header.Length);
            writer.Write(Encoding.ASCII.GetBytes(header));
            Number(writer, bias, problem.Offset);
            int from = 0;
            for (int i = 0; i < problem.Size; i++)
            {
                Number(writer, start, from);
                Number(writer, bias, problem.Terms.Where(t => t.I == i && t.J == i).Sum(t => t.Value));
                from += Partners(problem, i).Count();
            }

            for (int i = 0; i < problem.Size; i++)
            {
                foreach ((int partner, double value) in Partners(problem, i))
                {
                    Number(writer, index, partner);
                    Number(writer, bias, value);
                }
            }

            if (variables == "true")
            {
                writer.Write(Encoding.ASCII.GetBytes("VARS"));
                writer.Write(names.Length + 7);
                writer.Write(Encoding.ASCII.GetBytes(names.PadRight(names.Length + 7)));
            }
        }

        return memory.ToArray();
    }

    private static IEnumerable<(int Partner, double Value)> Partners(PlainProblem problem, int i) => problem.Terms
        .Where(t => t.I != t.J && (t.I == i || t.J == i)).Select(t => (t.I == i ? t.J : t.I, t.Value)).OrderBy(t =>
            t.Item1);

    private static void Number(BinaryWriter writer, string type, double value)
    {
        switch (type)
        {
            case "float64": writer.Write(value); break;
            case "float32": writer.Write((float)value); break;
            case "int8": writer.Write((sbyte)value); break;
            case "int16": writer.Write((short)value); break;
            case "uint8": writer.Write((byte)value); break;
            case "int32": writer.Write((int)value); break;
            case "uint32": writer.Write((uint)value); break;
            default: writer.Write((long)value); break;
        }
    }
}
