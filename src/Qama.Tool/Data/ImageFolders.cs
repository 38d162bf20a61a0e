using Qama.Training.Datasets;
using SkiaSharp;

namespace Qama.Tool.Data;

/// <summary>Images in folders that are named by their classes: <c>train/CLASS/*</c> and <c>test/CLASS/*</c> (and <c>dev</c> or
/// <c>valid</c>), or <c>CLASS/*</c> alone.</summary>
internal static class ImageFolders
{
    private const int Channels = 3;

    /// <summary>Reads the images that are wanted.</summary>
    /// <param name="settings">The folder, the size, and how many to train on.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <returns>Parts whose classes are mixed; of the training part those that are held out are the validation part.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is no image, sizes differ, or a class is not one of training.</exception>
    public static DatasetParts<ImageSet> Read(DataSettings settings, CancellationToken stop)
    {
        string train = Path.Combine(settings.Folder, "train");
        bool parts = Directory.Exists(train);
        string root = parts ? train : settings.Folder;
        string[] classes = Classes(root);

        (string Path, int Label)[] all = Mixed(root, classes);
        string? dev = !parts ? null : First(settings.Folder, "dev", "valid", "val");
        string? test = !parts ? null : First(settings.Folder, "test");
        int held = dev is null ? settings.HeldOutOf(all.Length) : 0;
        if (held >= all.Length)
        {
            throw new InvalidDataException($"{root}: expected more than the {held} images that are held out, got {all.Length}: use "
                + "--hold-out.");
        }

        SKSizeI? size = settings.Side is { } side ? new(side, side) : null;
        ImageSet training = Decode(all[..Math.Min(all.Length - held, settings.First ?? int.MaxValue)], classes, ref size, settings, stop);
        ImageSet? validation = held > 0 ? Decode(all[^held..], classes, ref size, settings, stop) : Part(dev);
        return new(training, validation, Part(test));

        ImageSet? Part(string? folder) => folder is null ? null : Decode(Mixed(folder, classes), classes, ref size, settings, stop);
    }

    // What begins with a dot is other programs'.
    private static IEnumerable<string> Folders(string root) =>
        Directory.GetDirectories(root).Select(d => Path.GetFileName(d)!).Where(n => n[0] != '.');

    // That a class was silently left out would be found out by nobody.
    private static string[] Classes(string root)
    {
        string[] names = [.. Folders(root).Order(StringComparer.Ordinal)];
        string[] empty = [.. names.Where(n => !Files(Path.Combine(root, n)).Any())];
        return empty.Length == 0 && names.Length > 0 ? names : throw new InvalidDataException(empty.Length == names.Length
            ? $"{root}: expected a folder for each class with images in it, there is none."
            : $"{Path.Combine(root, empty[0])}: expected images of the class '{empty[0]}' (PNG, JPEG, GIF, BMP or WebP), there are none: "
                + "delete the folder, or move it elsewhere, if it is no class.");
    }

    private static string? First(string folder, params string[] names) =>
        names.Select(n => Path.Combine(folder, n)).FirstOrDefault(Directory.Exists);

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder).Where(DatasetFolder.IsImage);

    private static (string Path, int Label)[] Mixed(string root, string[] classes)
    {
        foreach (string folder in Folders(root))
        {
            if (!classes.Contains(folder) && Files(Path.Combine(root, folder)).Any())
            {
                throw new InvalidDataException($"{Path.Combine(root, folder)}: expected one of the training part's classes "
                    + $"({string.Join(", ", classes.Take(10))}).");
            }
        }

        (string, int)[] files =
        [
            .. classes.SelectMany((name, c) => Directory.Exists(Path.Combine(root, name))
                ? Files(Path.Combine(root, name)).Order(StringComparer.Ordinal).Select(f => (f, c)) : []),
        ];
        return files.Length > 0 ? [.. DatasetOrder.Mixed(files.Length).Select(i => files[i])]
            : throw new InvalidDataException($"{root}: expected a folder for each class with images in it, there is none.");
    }

    private static ImageSet Decode(
        (string Path, int Label)[] files, string[] classes, ref SKSizeI? size, DataSettings settings, CancellationToken stop)
    {
        SKSizeI common = size ??= SizeOf(files[0].Path);
        int length = common.Width * common.Height * Channels;
        if ((long)files.Length * length > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{settings.Folder}: {files.Length} images of {common.Width} x {common.Height} pixels take more memory than there is: "
                    + "use --samples or --side.");
        }

        var pixels = new byte[files.Length * length];
        bool scale = settings.Side is not null;
        var failures = new System.Collections.Concurrent.ConcurrentDictionary<int, string>();
        Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = stop }, i =>
        {
            try
            {
                if (Decode(files[i].Path, common, scale, pixels.AsSpan(i * length, length)) is { } failure)
                {
                    failures[i] = failure;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures[i] = e.Message;
            }
        });
        return failures.IsEmpty
            ? new ImageSet(common.Width, common.Height, Channels, pixels, [.. files.Select(f => f.Label)], classes)
            : throw new InvalidDataException(failures.MinBy(f => f.Key).Value);
    }

    private static SKSizeI SizeOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        using SKCodec codec = SKCodec.Create(file) ?? throw new InvalidDataException(NoImage(path));
        return new(codec.Info.Width, codec.Info.Height);
    }

    // What is wrong, or null: all threads go on, and the first file's error is told.
    private static string? Decode(string path, SKSizeI size, bool scale, Span<byte> destination)
    {
        using FileStream file = File.OpenRead(path);
        using SKBitmap? bitmap = SKBitmap.Decode(file);
        if (bitmap is null)
        {
            return NoImage(path);
        }

        bool fits = bitmap.Width == size.Width && bitmap.Height == size.Height;
        if (!fits && !scale)
        {
            return $"{path}: expected an image of {size.Width} x {size.Height} pixels as the others, got {bitmap.Width} x "
                + $"{bitmap.Height}: scale all with --side.";
        }

        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKBitmap target = new(info);
        using (var canvas = new SKCanvas(target))
        using (SKImage image = SKImage.FromBitmap(bitmap))
        {
            // What is transparent becomes black.
            canvas.Clear(SKColors.Black);
            canvas.DrawImage(image, new SKRect(0, 0, size.Width, size.Height),
                new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        ReadOnlySpan<byte> rgba = target.GetPixelSpan();
        for (int i = 0; i < size.Width * size.Height; i++)
        {
            rgba.Slice(4 * i, Channels).CopyTo(destination[(Channels * i)..]);
        }

        return null;
    }

    private static string NoImage(string path) => $"{path}: expected an image (PNG, JPEG, GIF, BMP or WebP), this cannot be decoded.";
}
