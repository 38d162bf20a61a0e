using Qama.Ising.Files;
using Qama.Sampling;

namespace Qama.Tests.Files;

/// <summary>Folders of attention problems.</summary>
public sealed class AttentionInstancesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_folder_reads_back_to_the_same_bits()
    {
        AttentionInstances written = Example();
        written.Write(_folder);
        AttentionInstances read = AttentionInstances.Read(_folder);
        Assert.Equal((2, 2), (read.Heads, read.Tokens));
        Assert.Equal(("here", "E"), (read.Origin, read.Energy));
        for (int p = 0; p < 2; p++)
        {
            Assert.Equal(written.Problems[p].Id, read.Problems[p].Id);
            Assert.Equal(written.Problems[p].BestKnownEnergy, read.Problems[p].BestKnownEnergy);
            Assert.Equal(written.Problems[p].Couplings.ToArray(), read.Problems[p].Couplings.ToArray());
            Assert.Equal(written.Problems[p].Fields.ToArray(), read.Problems[p].Fields.ToArray());
        }
    }

    [Fact]
    public void The_published_problems_are_such_a_folder()
    {
        AttentionInstances read = AttentionInstances.Read(Path.Combine(AppContext.BaseDirectory, "Data"));
        AttentionProblemBatch<TestModel<PublishedPlan>> batch = read.ToBatch<TestModel<PublishedPlan>>();
        Assert.Equal(read.Problems.Count, batch.Count);
        Assert.Equal(read.Problems[1].Couplings.Span[1], batch.View(1).Couplings[1]);
        Assert.Contains(
            "has 2 and 2", Assert.Throws<InvalidOperationException>(read.ToBatch<TestModel<TinyPlan>>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_folders_are_refused_with_file_and_place()
    {
        Assert.ThrowsAny<IOException>(() => AttentionInstances.Read(Path.Combine(_folder, "none")));
        Broken("index.json, line 2", "index.json", "{\n\"heads\": x}");
        Broken("\"tokens\"", "index.json", "{\"heads\": 2}");
        Broken("heads", "index.json", "{\"heads\": 0, \"tokens\": 2, \"problems\": []}");
        Broken("at least one problem", "index.json", "{\"heads\": 1, \"tokens\": 2, \"problems\": []}");
        Broken("b.j.f32: expected 8 float32", "b.j.f32", "1234567");
        Example().Write(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "a.h.f32"), [0, 0, 0, 0, 0, 0, 0xC0, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Contains("a.h.f32: number 1 is NaN", Assert.Throws<InvalidDataException>(
            () => AttentionInstances.Read(_folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "a.h.f32"));
        Assert.Throws<FileNotFoundException>(() => AttentionInstances.Read(_folder));
    }

    [Fact]
    public void Problems_of_another_shape_or_name_are_refused()
    {
        Refused("expected 8 couplings", new AttentionInstance("a", new float[7], new float[4]));
        Refused("file names", new AttentionInstance("../a", new float[8], new float[4]));
        Refused("file names", new AttentionInstance("", new float[8], new float[4]));
        var same = new AttentionInstance("a", new float[8], new float[4]);
        Refused("different", same, same);
    }

    private static void Refused(string message, params AttentionInstance[] problems) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new AttentionInstances(2, 2, problems)).Message,
            StringComparison.Ordinal);

    private static AttentionInstances Example() => new(2, 2,
    [
        new AttentionInstance("a", new[] { 0, 0.1f, 0.1f, 0, 0, -1e-30f, -1e-30f, 0 }, new[] { 1, 1f / 3, float.MaxValue, 0 }, -0.1),
        new AttentionInstance("b", new float[8], new float[4]),
    ])
    {
        Origin = "here",
        Energy = "E",
    };

    private void Broken(string message, string file, string content)
    {
        Example().Write(_folder);
        File.WriteAllText(Path.Combine(_folder, file), content);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => AttentionInstances.Read(_folder)).Message,
            StringComparison.Ordinal);
    }
}
