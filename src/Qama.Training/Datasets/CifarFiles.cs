namespace Qama.Training.Datasets;

/// <summary>The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html): records of a label
/// and 32 x 32 pixels, all red ones, all green ones, all blue ones.</summary>
public static class CifarFiles
{
    private const int Side = 32;
    private const int Channels = 3;
    private const int Plane = Side * Side;

    private static readonly string[] _names =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads a folder with <c>data_batch_1.bin</c>, the following ones that are there, and <c>test_batch.bin</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file has no whole records, or a label that is no class.</exception>
    public static DatasetParts<ImageSet> ReadCifar10(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var batches = new List<string> { DatasetFolder.Require(folder, "data_batch_1.bin") };
        while (DatasetFolder.Find(folder, $"data_batch_{batches.Count + 1}.bin") is { } next)
        {
            batches.Add(next);
        }

        return Read(batches, DatasetFolder.Find(folder, "test_batch.bin"), labelBytes: 1, Names(folder, "batches.meta.txt") ?? _names);
    }

    /// <summary>Reads a folder with <c>train.bin</c> and <c>test.bin</c>; classes are the hundred fine ones, by the names in
    /// <c>fine_label_names.txt</c> where that is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file has no whole records, or a label that is no class.</exception>
    public static DatasetParts<ImageSet> ReadCifar100(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string train = DatasetFolder.Require(folder, "train.bin");
        return Read([train], DatasetFolder.Find(folder, "test.bin"), labelBytes: 2, Names(folder,
            "fine_label_names.txt") ?? ClassList.Numbers(100));
    }

    private static DatasetParts<ImageSet> Read(List<string> training, string? test, int labelBytes, IReadOnlyList<string> names) =>
        new(Read(training, labelBytes, names), null, test is null ? null : Read([test], labelBytes, names));

    private static ImageSet Read(List<string> paths, int labelBytes, IReadOnlyList<string> names)
    {
        int record = labelBytes + Channels * Plane;
        byte[][] files = [.. paths.Select(DataFile.Read)];
        var labels = new List<int>();
        var pixels = new byte[files.Sum(f => (long)f.Length / record * Channels * Plane)];
        foreach ((string path, byte[] file) in paths.Zip(files))
        {
            if (file.Length == 0 || file.Length % record != 0)
            {
                throw new InvalidDataException($"{path}: expected records of {record} bytes, got {file.Length} bytes.");
            }

            for (int first = 0; first < file.Length; first += record)
            {
                int label = file[first + labelBytes - 1]; // the fine one is the last
                if (label >= names.Count)
                {
                    throw new InvalidDataException($"{path}, record {first / record + 1}: expected a label in 0..{names.Count - 1}, got "
                        + $"{label}.");
                }

                Interleave(file.AsSpan(first + labelBytes, Channels * Plane), pixels.AsSpan(labels.Count * Channels * Plane));
                labels.Add(label);
            }
        }

        return new ImageSet(Side, Side, Channels, pixels, [.. labels], names);
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> image)
    {
        for (int i = 0; i < Plane; i++)
        {
            for (int c = 0; c < Channels; c++)
            {
                image[i * Channels + c] = planes[c * Plane + i];
            }
        }
    }

    private static string[]? Names(string folder, string file) =>
        DatasetFolder.Find(folder, file) is { } path && DataFile.Lines(path).Select(l => l.Trim()).Where(l =>
            l.Length > 0).ToArray() is { Length: > 0 } names
            ? names
            : null;
}
