using System.IO.Compression;
using System.Text;
using Qama.Numerics;
using Qama.Training.Datasets;

namespace Qama.Training.Tests.Datasets;

/// <summary>Readers of data against files written byte by byte.</summary>
public sealed class ReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qama-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_is_read_as_it_is_and_compressed(bool compressed)
    {
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4], compressed);
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 2, 0], compressed);
        Assert.Equal(DatasetLayout.Idx, DatasetFolder.Detect(_folder));
        DatasetParts<ImageSet> parts = IdxFiles.Read(_folder);
        Assert.Equal((2, 1, 1, null, null), (parts.Training.Width, parts.Training.Height, parts.Training.Channels, parts.Validation,
            parts.Test));
        Assert.Equal([2, 0], parts.Training.Labels);
        Assert.Equal(["0", "1", "2"], parts.Training.ClassNames);
        Assert.Equal([3, 4], parts.Training.Pixels(1).ToArray());

        Write("t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8]);
        Write("t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 3]);
        Says("t10k-labels-idx1-ubyte: expected labels in 0..2, as those of training, got 3.", () => IdxFiles.Read(_folder));
        Write("t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1]);
        Says("t10k-labels-idx1-ubyte: expected an IDX file of 1 labels", () => IdxFiles.Read(_folder));
    }

    [Fact]
    public void Cifar_is_interleaved()
    {
        byte[] record = [3, .. Enumerable.Repeat((byte)10, 1024), .. Enumerable.Repeat((byte)20, 1024), .. Enumerable.Repeat((byte)30,
            1024)];
        record[1 + 5] = 77; // the sixth red pixel
        Write("data_batch_1.bin", [.. record, .. record]);
        Write("data_batch_2.bin", record);
        Write("test_batch.bin", record);
        Assert.Equal(DatasetLayout.Cifar10, DatasetFolder.Detect(_folder));
        DatasetParts<ImageSet> parts = CifarFiles.ReadCifar10(_folder);
        Assert.Equal((3, 1), (parts.Training.Labels.Count, parts.Test!.Labels.Count));
        Assert.Equal("cat", parts.Training.ClassNames[parts.Training.Labels[2]]);
        Assert.Equal([10, 20, 30, 77, 20, 30, 10, 20, 30], parts.Training.Pixels(2).Slice(12, 9).ToArray());
        Write("data_batch_2.bin", [11, .. record[1..]]);
        Says("data_batch_2.bin, record 1: expected a label in 0..9, got 11.", () => CifarFiles.ReadCifar10(_folder));
        Write("data_batch_2.bin", record[1..]);
        Says("expected records of 3073 bytes", () => CifarFiles.ReadCifar10(_folder));
        File.Delete(Path.Combine(_folder, "data_batch_1.bin"));

        Write("train.bin", [1, 99, .. record[1..]]);
        Assert.Equal(DatasetLayout.Cifar100, DatasetFolder.Detect(_folder));
        Assert.Equal([99], CifarFiles.ReadCifar100(_folder).Training.Labels);
    }

    [Fact]
    public void Texts_have_classes_words_and_a_vocabulary_of_the_training_part()
    {
        Write("train.txt", "\uFEFF2 a good film\r\n\n-1\ta bad film\n2 good\n"u8.ToArray());
        Write("valid.txt", "2 a film nobody saw"u8.ToArray(), compressed: true);
        Assert.Equal(DatasetLayout.Text, DatasetFolder.Detect(_folder));
        DatasetParts<TextSet> parts = TextFiles.Read(_folder);
        Assert.Equal(["-1", "2"], parts.Training.ClassNames); // by value
        Assert.Equal([1, 0, 1], parts.Training.Labels);
        Assert.Equal(["a", "bad", "film"], parts.Training.Texts[1]);
        Assert.Null(parts.Test);

        Vocabulary words = Vocabulary.Of(parts.Training);
        Assert.Equal(2 + 3, words.Count); // a, film, good; bad occurs once
        Assert.Equal(6, Vocabulary.Of(parts.Training, 1).Count);
        Dataset<float> data = words.ToDataset(parts.Validation!, 6);
        Assert.Equal([words.Number("a"), words.Number("film"), Vocabulary.Unknown, Vocabulary.Unknown, 0, 0], data.Values(0).ToArray());
        Assert.Equal([words.Number("a")], words.ToDataset(parts.Validation!, 1).Values(0).ToArray());

        Write("test.txt", "2 fine\n3 worse"u8.ToArray());
        Says("test.txt, line 2: expected one of the training part's labels (-1, 2), got '3'.", () => TextFiles.Read(_folder));
        Write("test.txt", [(byte)'2', (byte)' ', 0xFF, 0xFE]);
        Says("expected text in UTF-8", () => TextFiles.Read(_folder));
        Write("train.txt", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 200).Select(i => $"word{i} of a text without a "
            + "label"))));
        Says("expected a label at the start of each line", () => TextFiles.Read(_folder));
    }

    [Fact]
    public void Of_a_compressed_file_all_is_there_or_it_is_refused()
    {
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 3} a text with the number {i * i}\n")));
        byte[] first = Compressed(lines[..1000]), whole = [.. first, .. Compressed(lines[1000..])]; // two parts, as of files that were joined
        string path = Path.Combine(_folder, "train.txt.gz");
        File.WriteAllBytes(path, whole);
        Assert.Equal(60, TextFiles.Read(_folder).Training.Labels.Count);
        for (int length = 0; length < whole.Length; length++)
        {
            if (length != first.Length)
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.Contains("train.txt.gz: ", Assert.Throws<InvalidDataException>(() => TextFiles.Read(_folder)).Message,
                    StringComparison.Ordinal);
            }
        }

        File.WriteAllBytes(path, whole[..(whole.Length / 3)]);
        Says("train.txt.gz: the file is damaged or cut short", () => TextFiles.Read(_folder));
    }

    [Fact]
    public void First_words_that_are_no_labels_are_refused_however_many_lines_there_are()
    {
        // Words by Zipf's law, each k-th with a share of 1/k: many lines begin with the same few words.
        var random = new RandomStream(3);
        string[] lines = [.. Enumerable.Range(0, 5000).Select(_ => $"word{(int)Math.Pow(3000, random.NextDouble())} and what follows")];
        int different = lines.Select(l => l.Split(' ')[0]).Distinct().Count();
        Assert.InRange(different, 500, 2500); // fewer than half of the lines
        Write("train.txt", Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        Says($"expected a label at the start of each line, got {different} different first words in 5000 lines", () => TextFiles.Read(_folder));

        // Many labels of few texts each, a few of one.
        Write("train.txt", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 710).Select(i => $"intent{i % 175} a text"))));
        Assert.Equal(175, TextFiles.Read(_folder).Training.ClassNames.Count);
    }

    [Fact]
    public void A_folder_of_nothing_or_of_two_layouts_is_refused()
    {
        Says("there is none of them", () => DatasetFolder.Detect(_folder));
        Write("train.txt", "1 a"u8.ToArray());
        Write("train.bin", [1]);
        Says("got Cifar100 and Text", () => DatasetFolder.Detect(_folder));
        Assert.Throws<DirectoryNotFoundException>(() => DatasetFolder.Detect(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void Patches_are_row_by_row_and_standardised_by_the_training_images()
    {
        // Two images of 4 x 2 pixels with two channels: the second channel is the same everywhere.
        byte[] pixels = [.. Enumerable.Range(0, 16).SelectMany(i => new[] { (byte)(10 * i), (byte)51 })];
        var images = new ImageSet(4, 2, 2, pixels, [0, 1], ["a", "b"]);
        ImagePatches patches = ImagePatches.Of(images, 2);
        Assert.Equal((2, 8), (patches.Shape.Tokens, patches.Shape.Width));
        double mean = Enumerable.Range(0, 16).Average(i => 10 * i / 255.0);
        double deviation = Math.Sqrt(Enumerable.Range(0, 16).Average(i => Math.Pow(10 * i / 255.0 - mean, 2)));
        Assert.Equal(mean, patches.Mean[0], 5);
        Assert.Equal(deviation, patches.Deviation[0], 5);
        Assert.Equal((0.2f, 1f), (patches.Mean[1], patches.Deviation[1]));

        // The second image's second patch: pixels 2, 3 of its first row, then 2, 3 of its second.
        float[] values = patches.ToDataset(images, tokens: 3).Values(1).ToArray();
        double[] expected = [.. new[] { 10, 11, 14, 15 }.Select(i => (10 * i / 255.0 - mean) / deviation)];
        Assert.All(expected.Select((e, i) => (e, i)), p => Assert.Equal(p.e, values[8 + 2 * p.i], 4));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(0, values[8 + 2 * i + 1], 4));
        Assert.All(values[16..], v => Assert.Equal(0, v));
        Assert.Throws<ArgumentException>(() => ImagePatches.Of(images, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => patches.ToDataset(images, tokens: 1));
    }

    [Fact]
    public void Parts_are_mixed_the_same_way_and_held_out_from_the_end()
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i / 50)];
        var images = new ImageSet(1, 1, 1, [.. Enumerable.Range(0, 100).Select(i => (byte)i)], labels, ["a", "b"]);
        DatasetParts<ImageSet> mixed = new DatasetParts<ImageSet>(images, null, null).Mixed();
        byte[] order = [.. Enumerable.Range(0, 100).Select(i => mixed.Training.Pixels(i)[0])];
        Assert.Equal(Enumerable.Range(0, 100), order.Order().Select(b => (int)b));
        Assert.Equal(order, Enumerable.Range(0, 100).Select(i => new DatasetParts<ImageSet>(images, null,
            null).Mixed().Training.Pixels(i)[0]));
        Assert.InRange(mixed.Training.Labels.Take(20).Sum(), 4, 16);
        DatasetParts<ImageSet> parts = mixed.Divide(10, first: 30);
        Assert.Equal((30, 10), (parts.Training.Labels.Count, parts.Validation!.Labels.Count));
        Assert.Equal(order[..30], Enumerable.Range(0, 30).Select(i => parts.Training.Pixels(i)[0]));
        Assert.Equal(order[90..], Enumerable.Range(0, 10).Select(i => parts.Validation!.Pixels(i)[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => mixed.Divide(100));
    }

    private static void Says(string expected, Func<object> read) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(read).Message, StringComparison.Ordinal);

    private void Write(string name, byte[] content, bool compressed = false)
    {
        string path = Path.Combine(_folder, name);
        if (!compressed)
        {
            File.WriteAllBytes(path, content);
            return;
        }

        File.WriteAllBytes(path + ".gz", Compressed(content));
    }

    private static byte[] Compressed(byte[] content)
    {
        var memory = new MemoryStream();
        using (var stream = new GZipStream(memory, CompressionLevel.Fastest))
        {
            stream.Write(content);
        }

        return memory.ToArray();
    }
}
