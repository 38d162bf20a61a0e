using Qama.Training.Datasets;

namespace Qama.Examples.Vision;

/// <summary>MNIST in its own format, IDX (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/): 60,000 images, of which
/// the last 5,000 are held out, and 10,000 test images.</summary>
internal static class IdxFiles
{
    private const int HeldOut = 5_000;

    public static ImageData Load(string folder)
    {
        LabelledImages training = Read(
            folder, "train", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5");
        LabelledImages test = Read(
            folder, "t10k", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");
        return ImageData.HoldOut("mnist", training, HeldOut, test);
    }

    private static LabelledImages Read(string folder, string part, string imagesHash, string labelsHash)
    {
        byte[] images = CheckedFile.Read(Path.Combine(folder, $"{part}-images-idx3-ubyte"), imagesHash);
        byte[] labels = CheckedFile.Read(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), labelsHash);
        return Parse(images, labels);
    }

    /// <summary>Parses the two files of a part.</summary>
    /// <exception cref="InvalidDataException">A header does not fit.</exception>
    internal static LabelledImages Parse(ReadOnlySpan<byte> images, ReadOnlySpan<byte> labels)
    {
        ImageSet set = Training.Datasets.IdxFiles.Parse(images, labels);
        return set.Width == LabelledImages.Side && set.Height == LabelledImages.Side
            ? new LabelledImages(
                images[^(set.Labels.Count * LabelledImages.PixelCount)..].ToArray(), [.. set.Labels.Select(l => (byte)l)])
            : throw new InvalidDataException($"Expected IDX files of 28x28 images, got {set.Width}x{set.Height}.");
    }
}
