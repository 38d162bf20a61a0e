using System.Buffers.Binary;

namespace Qama.Training.Datasets;

/// <summary>Grey images in IDX, MNIST's format (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/): big-endian headers, then
/// bytes.</summary>
public static class IdxFiles
{
    private const int ImagesMagic = 0x803;
    private const int LabelsMagic = 0x801;
    private const int ImagesHeader = 16;
    private const int LabelsHeader = 8;

    internal static readonly (string Images, string Labels) Training = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte");

    private static readonly (string Images, string Labels) _test = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");

    /// <summary>Reads a folder with <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c> and, for the test part,
    /// <c>t10k-…</c>, each as it is or compressed (<c>.gz</c>).</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The images, in the order of the files; classes are the numbers up to the largest label.</returns>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not as its header says, or parts do not fit each other; the message names
    /// it.</exception>
    public static DatasetParts<ImageSet> Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ImageSet training = Read(
            DatasetFolder.Require(folder, Training.Images), DatasetFolder.Require(folder, Training.Labels), null);
        if (DatasetFolder.Find(folder, _test.Images) is not { } images)
        {
            return new(training, null, null);
        }

        ImageSet test = Read(images, DatasetFolder.Require(folder, _test.Labels), training.ClassNames);
        return (test.Width, test.Height) == (training.Width, training.Height)
            ? new(training, null, test)
            : throw new InvalidDataException(
                $"{images}: expected images of {training.Width} x {training.Height} pixels, as those of training, got {test.Width} x "
                    + $"{test.Height}.");
    }

    /// <summary>Reads the images and labels of a part.</summary>
    /// <param name="images">The content of the images' file.</param>
    /// <param name="labels">The content of the labels' file.</param>
    /// <param name="classNames">Names of the classes; null for the numbers up to the largest label.</param>
    /// <exception cref="InvalidDataException">A header does not fit, or a label is no class.</exception>
    public static ImageSet Parse(ReadOnlySpan<byte> images, ReadOnlySpan<byte> labels, IReadOnlyList<string>? classNames = null) =>
        Parse(images, labels, classNames, "images", "labels");

    private static ImageSet Read(string imagesPath, string labelsPath, IReadOnlyList<string>? classNames) =>
        Parse(DataFile.Read(imagesPath), DataFile.Read(labelsPath), classNames, imagesPath, labelsPath);

    private static ImageSet Parse(
        ReadOnlySpan<byte> images, ReadOnlySpan<byte> labels, IReadOnlyList<string>? classNames, string imagesPath, string labelsPath)
    {
        (int count, int height, int width) = (Number(images, 1), Number(images, 2), Number(images, 3));
        if (Number(images, 0) != ImagesMagic || count < 1 || height < 1 || width < 1
            || images.Length != ImagesHeader + (Int128)count * height * width)
        {
            throw new InvalidDataException(
                $"{imagesPath}: expected an IDX file of images (0x00000803, their number, height and width, then so many bytes), got "
                    + $"{images.Length} bytes.");
        }

        if (Number(labels, 0) != LabelsMagic || Number(labels, 1) != count || labels.Length != LabelsHeader + count)
        {
            throw new InvalidDataException(
                $"{labelsPath}: expected an IDX file of {count} labels (0x00000801, their number, then a byte each), got {labels.Length} "
                    + "bytes.");
        }

        int[] numbers = new int[count];
        int largest = 0;
        for (int i = 0; i < count; i++)
        {
            numbers[i] = labels[LabelsHeader + i];
            largest = Math.Max(largest, numbers[i]);
        }

        classNames ??= ClassList.Numbers(largest + 1);
        return largest < classNames.Count
            ? new ImageSet(width, height, 1, images[ImagesHeader..].ToArray(), numbers, classNames)
            : throw new InvalidDataException($"{labelsPath}: expected labels in 0..{classNames.Count - 1}, as those of training, got "
                + $"{largest}.");
    }

    private static int Number(ReadOnlySpan<byte> file, int index) =>
        file.Length >= 4 * index + 4 ? BinaryPrimitives.ReadInt32BigEndian(file[(4 * index)..]) : -1;
}
