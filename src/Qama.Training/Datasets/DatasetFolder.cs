namespace Qama.Training.Datasets;

/// <summary>Finds out how a folder holds its samples.</summary>
public static class DatasetFolder
{
    private static readonly string[] _imageEndings = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];

    /// <summary>The layout of a folder, by the names of the files in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">No layout, or more than one, is in it; the message says what was looked for.</exception>
    public static DatasetLayout Detect(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder.");
        }

        DatasetLayout[] found = [.. Enum.GetValues<DatasetLayout>().Where(layout => Has(folder, layout))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new InvalidDataException(
                $"{folder}: expected train-images-idx3-ubyte (IDX), data_batch_1.bin (CIFAR-10), train.bin (CIFAR-100), train.txt (text; "
                    + ".gz too), "
                + "or images in folders train/CLASS or CLASS; there is none of them."),
            _ => throw new InvalidDataException(
                $"{folder}: expected samples in one layout, got {string.Join(" and ", found)}: say which one is meant, or use a folder "
                    + "for each."),
        };
    }

    /// <summary>Whether a file's name ends as an image's does.</summary>
    /// <param name="path">The file.</param>
    public static bool IsImage(string path) =>
        _imageEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The first of several files that is there, as it is or compressed; null where there is none.</summary>
    internal static string? Find(string folder, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }

            if (File.Exists(path + ".gz"))
            {
                return path + ".gz";
            }
        }

        return null;
    }

    /// <summary>A file that must be there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    internal static string Require(string folder, params ReadOnlySpan<string> names) => Find(folder, names)
        ?? throw new FileNotFoundException($"{Path.Combine(folder, names[0])}: there is no such file, nor one that ends in .gz.");

    private static bool Has(string folder, DatasetLayout layout) => layout switch
    {
        DatasetLayout.Idx => Find(folder, IdxFiles.Training.Images) is not null,
        DatasetLayout.Cifar10 => Find(folder, "data_batch_1.bin") is not null,
        DatasetLayout.Cifar100 => Find(folder, "train.bin") is not null,
        DatasetLayout.Text => Find(folder, TextFiles.TrainingNames) is not null,
        _ => HasImages(folder),
    };

    // One image is enough to know: folders may have many.
    private static bool HasImages(string folder)
    {
        string train = Path.Combine(folder, "train");
        string classes = Directory.Exists(train) ? train : folder;
        return Directory.EnumerateDirectories(classes).Any(c => Directory.EnumerateFiles(c).Any(IsImage));
    }
}
