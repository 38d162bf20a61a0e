using System.Text;
using Qama.Examples.Vision;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Tests;

/// <summary>The readers of the vision example's data.</summary>
public class DataTests
{
    [Fact]
    public void Idx_files_are_read_with_big_endian_headers()
    {
        LabelledImages images = IdxFiles.Parse(Idx(count: 2, labels: 2).Images, Idx(count: 2, labels: 2).Labels);
        Assert.Equal([5, 6], images.Labels);
        Assert.Equal(7, images.Pixels[784]);
    }

    [Fact]
    public void Idx_files_that_do_not_fit_together_are_refused()
    {
        (byte[] images, byte[] labels) = Idx(count: 2, labels: 2);
        Assert.Throws<InvalidDataException>(() => IdxFiles.Parse(images.AsSpan()[..^1], labels));
        Assert.Throws<InvalidDataException>(() => IdxFiles.Parse(images, labels.AsSpan()[..^1]));
        Assert.Throws<InvalidDataException>(() => IdxFiles.Parse(images, Idx(count: 2, labels: 3).Labels));
        Assert.Throws<InvalidDataException>(() => IdxFiles.Parse(labels, images));
        Assert.Throws<InvalidDataException>(() => IdxFiles.Parse([], []));
    }

    [Fact]
    public void A_class_of_fashion_images_skips_empty_entries_and_refuses_other_sizes()
    {
        string pixels = string.Join(',', Enumerable.Repeat("9", 784));
        List<byte[]> images = FashionFiles.Parse(Encoding.UTF8.GetBytes($$"""{"data":[[{{pixels}}],[],[{{pixels}}]]}"""), "0.json");
        Assert.Equal(2, images.Count);
        Assert.All(images, i => Assert.Equal(784, i.Length));
        var error = Assert.Throws<InvalidDataException>(
            () => FashionFiles.Parse(Encoding.UTF8.GetBytes("""{"data":[[1,2]]}"""), "3.json"));
        Assert.Contains("3.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_damaged_files_are_named_with_the_remedy()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var missing = Assert.Throws<InvalidDataException>(() => ImageData.Load("mnist", folder));
            Assert.Contains("get-data.sh", missing.Message, StringComparison.Ordinal);
            Directory.CreateDirectory(Path.Combine(folder, "mnist"));
            File.WriteAllBytes(Path.Combine(folder, "mnist", "train-images-idx3-ubyte"), [1, 2, 3]);
            var damaged = Assert.Throws<InvalidDataException>(() => ImageData.Load("mnist", folder));
            Assert.Contains("damaged", damaged.Message, StringComparison.Ordinal);
            Assert.Contains("train-images-idx3-ubyte", damaged.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Digits_are_enlarged_split_and_cut_into_patches()
    {
        ImageData digits = ImageData.Load("digits", "");
        Assert.Equal((1257, 180, 360), (digits.Training.Count, digits.Validation.Count, digits.Test.Count));
        Dataset<float> data = digits.Test.ToDataset();
        Assert.Equal(new TokenShape(49, 16), data.Shape);
        // Pixel (9, 13) of the image is pixel (1, 1) of patch row 2, column 3.
        Assert.Equal(digits.Test.Pixels[9 * 28 + 13] / 255f, data.Values(0)[(2 * 7 + 3) * 16 + 1 * 4 + 1]);
        Assert.Equal(1, data.Values(0).ToArray().Max(), 1e-6);
    }

    private static (byte[] Images, byte[] Labels) Idx(byte count, byte labels)
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[count * 784]];
        images[16 + 784] = 7;
        return (images, [0, 0, 8, 1, 0, 0, 0, labels, .. Enumerable.Range(5, labels).Select(i => (byte)i)]);
    }
}
