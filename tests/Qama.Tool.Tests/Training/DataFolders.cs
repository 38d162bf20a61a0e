using System.Buffers.Binary;
using System.IO.Compression;
using Qama.Numerics;

namespace Qama.Tool.Tests.Training;

/// <summary>Folders of tiny data, written byte by byte: none of the project's readers has a part in them.</summary>
internal static class DataFolders
{
    public const int Side = 8;

    /// <summary>Grey images of which one half is bright: the upper one of class 0, the lower one of class 1.</summary>
    public static string WriteIdx(string folder, int training, int test)
    {
        Directory.CreateDirectory(folder);
        Write("train", training, 1, compressed: false);
        Write("t10k", test, 2, compressed: true);
        return folder;

        void Write(string part, int count, int seed, bool compressed)
        {
            var random = new RandomStream((ulong)seed);
            byte[] images = [.. BigEndian(0x803, count, Side, Side), .. Enumerable.Range(0, count).SelectMany(i => Halves(i % 2,
                ref random))];
            byte[] labels = [.. BigEndian(0x801, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 2))];
            Save(Path.Combine(folder, $"{part}-images-idx3-ubyte"), images, compressed);
            Save(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), labels, compressed);
        }
    }

    /// <summary>Sentences with a word that tells the class.</summary>
    public static string WriteTexts(string folder, int training, int dev, int test)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, "train.txt"), Lines(training, 1));
        File.WriteAllLines(Path.Combine(folder, "dev.txt"), Lines(dev, 2));
        Save(Path.Combine(folder, "test.txt.gz"), System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Lines(test, 3))), compressed: true);
        return folder;
    }

    /// <summary>Coloured images as BMP, 24 bits a pixel: red ones and blue ones.</summary>
    public static string WriteBitmaps(string folder, int count, int side = Side)
    {
        foreach ((string part, int images) in new[] { ("train", count), ("test", 4) })
        {
            for (int i = 0; i < images; i++)
            {
                string own = Path.Combine(folder, part, i % 2 == 0 ? "red" : "blue");
                Directory.CreateDirectory(own);
                File.WriteAllBytes(Path.Combine(own, $"{i:000}.bmp"), Bitmap(side, side, i % 2 == 0 ? (250, 10, (byte)i) : ((byte)i, 10,
                    250)));
            }
        }

        return folder;
    }

    /// <summary>An image of one colour as BMP.</summary>
    public static byte[] Bitmap(int width, int height, (byte Red, byte Green, byte Blue) colour)
    {
        int row = (3 * width + 3) / 4 * 4;
        var file = new byte[54 + row * height];
        (file[0], file[1], file[10], file[14], file[26], file[28]) = ((byte)'B', (byte)'M', 54, 40, 1, 24);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = 54 + y * row + 3 * x;
                (file[at], file[at + 1], file[at + 2]) = (colour.Blue, colour.Green, colour.Red);
            }
        }

        return file;
    }

    private static IEnumerable<string> Lines(int count, int seed)
    {
        var random = new RandomStream((ulong)seed);
        string[] filler = ["the", "film", "is", "so", "and", "of", "a"];
        for (int i = 0; i < count; i++)
        {
            List<string> words = [];
            int length = 2 + random.NextInt32(8);
            while (words.Count < length)
            {
                words.Add(filler[random.NextInt32(filler.Length)]);
            }

            words[random.NextInt32(length)] = i % 2 == 0 ? "good" : "bad";
            yield return $"{(i % 2 == 0 ? "pos" : "neg")} {string.Join(' ', words)}";
        }
    }

    private static byte[] Halves(int label, ref RandomStream random)
    {
        var pixels = new byte[Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((i / (Side * Side / 2) == label ? 160 : 20) + random.NextInt32(40));
        }

        return pixels;
    }

    private static byte[] BigEndian(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        }

        return bytes;
    }

    private static void Save(string path, byte[] content, bool compressed)
    {
        if (!compressed)
        {
            File.WriteAllBytes(path, content);
            return;
        }

        using var stream = new GZipStream(File.Create(path.EndsWith(".gz", StringComparison.Ordinal) ? path : path + ".gz"),
            CompressionLevel.Fastest);
        stream.Write(content);
    }
}
