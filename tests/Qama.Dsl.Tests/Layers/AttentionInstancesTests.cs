using System.Buffers;
using System.Text;
using Qama.Layers;

namespace Qama.Tests.Layers;

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
        A_folder_reads_back(written);
    }

    private void A_folder_reads_back(AttentionInstances written)
    {
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

    [Theory]
    [InlineData(65536, 65536)] // 2^48, which is 0 in 32 bits
    [InlineData(1, 65536)]
    [InlineData(2, 46341)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(0, 2)]
    [InlineData(2, -1)]
    public void Shapes_whose_product_is_no_length_are_refused(int heads, int tokens)
    {
        foreach (int bytes in new[] { 0, 262_144, 4 * 9266 })
        {
            File.WriteAllText(
                Path.Combine(_folder, "index.json"), $"{{\"heads\":{heads},\"tokens\":{tokens},\"problems\":[{{\"id\":\"z\"}}]}}");
            File.WriteAllBytes(Path.Combine(_folder, "z.j.f32"), []);
            File.WriteAllBytes(Path.Combine(_folder, "z.h.f32"), new byte[bytes]);
            Assert.Contains("index.json", Assert.Throws<InvalidDataException>(
                () => AttentionInstances.Read(_folder)).Message, StringComparison.Ordinal);
        }

        Assert.ThrowsAny<ArgumentException>(
            () => new AttentionInstances(heads, tokens, [new AttentionInstance("z", default, default)]));
    }

    [Fact]
    public void A_large_shape_with_small_files_allocates_nothing()
    {
        File.WriteAllText(Path.Combine(_folder, "index.json"), "{\"heads\":1,\"tokens\":40000,\"problems\":[{\"id\":\"z\"}]}");
        File.WriteAllBytes(Path.Combine(_folder, "z.j.f32"), new byte[8]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("6400000000 bytes, got 8", Assert.Throws<InvalidDataException>(
            () => AttentionInstances.Read(_folder)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/tmp/x")]
    [InlineData("a/b")]
    [InlineData("a\\\\b")]
    [InlineData("c:x")]
    [InlineData("\\u0000")]
    [InlineData("\\n")]
    [InlineData("A\"},{\"id\":\"a")]
    public void Ids_that_are_no_names_of_files_are_refused_before_any_file_is_opened(string id)
    {
        File.WriteAllText(
            Path.Combine(_folder, "index.json"), $"{{\"heads\":1,\"tokens\":1,\"problems\":[{{\"id\":\"{id}\"}}]}}");
        if (id.StartsWith('A'))
        {
            File.WriteAllBytes(Path.Combine(_folder, "A.j.f32"), new byte[4]);
            File.WriteAllBytes(Path.Combine(_folder, "A.h.f32"), new byte[4]);
        }

        Assert.Contains("different file names", Assert.Throws<InvalidDataException>(
            () => AttentionInstances.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_and_flipped_bit_of_a_file_is_refused()
    {
        foreach (string file in new[] { "a.j.f32", "a.h.f32", "b.j.f32", "index.json" })
        {
            Example().Write(_folder);
            string path = Path.Combine(_folder, file);
            byte[] whole = File.ReadAllBytes(path);
            for (int length = 0; length < whole.Length; length++)
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.Throws<InvalidDataException>(() => AttentionInstances.Read(_folder));
            }

            for (int bit = 0; bit < 8 * whole.Length; bit++)
            {
                byte[] damaged = [.. whole];
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, damaged);
                Exception? error = Record.Exception(() => AttentionInstances.Read(_folder));
                Assert.True(error is InvalidDataException || (file == "index.json" && error is null or FileNotFoundException), $"{error}");
            }
        }
    }

    [Fact]
    public void Marks_of_byte_order_are_no_part_of_the_index()
    {
        foreach (Encoding encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            Example().Write(_folder);
            string path = Path.Combine(_folder, "index.json");
            File.WriteAllText(path, File.ReadAllText(path), encoding);
            Assert.Equal(2, AttentionInstances.Read(_folder).Problems.Count);
        }
    }

    [Fact]
    public void A_set_that_cannot_be_written_leaves_the_old_one_whole()
    {
        Example().Write(_folder);
        var failing = new FailingMemory(8);
        var other = new AttentionInstances(2, 2,
        [
            new AttentionInstance("a", new float[8], new float[4]), new AttentionInstance("b", failing.Memory, new float[4]),
        ]);
        failing.Fails = true;
        Assert.Throws<IOException>(() => other.Write(_folder));
        A_folder_reads_back(Example());
        Assert.Equal(5, Directory.GetFileSystemEntries(_folder).Length);

        // A folder where a file should be: nothing else is renamed over.
        failing.Fails = false;
        File.Delete(Path.Combine(_folder, "b.h.f32"));
        Directory.CreateDirectory(Path.Combine(_folder, "b.h.f32"));
        byte[] before = File.ReadAllBytes(Path.Combine(_folder, "a.j.f32"));
        Assert.Throws<IOException>(() => other.Write(_folder));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_folder, "a.j.f32")));
        Assert.Throws<IOException>(() => other.Write(Path.Combine(_folder, "index.json")));
        Assert.Equal(5, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void A_mixture_of_two_sets_is_refused()
    {
        Example().Write(_folder);
        byte[] index = File.ReadAllBytes(Path.Combine(_folder, "index.json"));
        new AttentionInstances(2, 2,
        [
            new AttentionInstance("a", new float[8], new float[4]), new AttentionInstance("b", new float[8], new float[4]),
        ]).Write(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "index.json"), index);
        Assert.Contains("a.j.f32", Assert.Throws<InvalidDataException>(() => AttentionInstances.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused()
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            Refused("NaN or infinite", new AttentionInstance("a", new[] { 0, 0, 0, 0, 0, 0, 0, bad }, new float[4]));
            Refused("NaN or infinite", new AttentionInstance("a", new float[8], new[] { bad, 0, 0, 0 }));
            Refused("NaN or infinite", new AttentionInstance("a", new float[8], new float[4], bad));
        }
    }

    [Fact]
    public void Problems_of_another_shape_or_name_are_refused()
    {
        Refused("expected 8 couplings", new AttentionInstance("a", new float[7], new float[4]));
        Refused("file names", new AttentionInstance("../a", new float[8], new float[4]));
        Refused("file names", new AttentionInstance("", new float[8], new float[4]));
        var same = new AttentionInstance("a", new float[8], new float[4]);
        Refused("different", same, same);
        Refused("different", same, same with { Id = "A" });
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

    /// <summary>Zeros that cannot be read any more, once it is told so.</summary>
    private sealed class FailingMemory(int length) : MemoryManager<float>
    {
        private readonly float[] _values = new float[length];

        public bool Fails { get; set; }

        public override Span<float> GetSpan() => Fails ? throw new IOException("No space left on device") : _values;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
