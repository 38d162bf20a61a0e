using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Vision;

/// <summary>28x28 grey images with their classes.</summary>
/// <param name="Pixels">[images, 784], 0 to 255.</param>
/// <param name="Labels">[images], 0 to 9.</param>
internal sealed record LabelledImages(byte[] Pixels, byte[] Labels)
{
    public const int Side = 28;
    public const int PixelCount = Side * Side;
    public const int Classes = 10;
    public const int PatchesPerSide = 7;
    private const int Patch = Side / PatchesPerSide;

    /// <summary>49 tokens of 16 numbers: 4x4 patches, row by row.</summary>
    public static readonly TokenShape Shape = new(PatchesPerSide * PatchesPerSide, Patch * Patch);

    public int Count => Labels.Length;

    /// <summary>A range of the images.</summary>
    public LabelledImages Slice(int first, int count) => new(
        Pixels[(first * PixelCount)..((first + count) * PixelCount)], Labels[first..(first + count)]);

    /// <summary>Some of the images.</summary>
    public LabelledImages Pick(IReadOnlyList<int> images) => new(
        [.. images.SelectMany(i => Pixels[(i * PixelCount)..((i + 1) * PixelCount)])], [.. images.Select(i => Labels[i])]);

    /// <summary>The images as samples of 49 patches, pixels from 0 to 1.</summary>
    public Dataset<float> ToDataset()
    {
        var values = new float[Count * PixelCount];
        int next = 0;
        for (int image = 0; image < Count; image++)
        {
            for (int token = 0; token < Shape.Tokens; token++)
            {
                int top = token / PatchesPerSide * Patch;
                int left = token % PatchesPerSide * Patch;
                for (int i = 0; i < Shape.Width; i++)
                {
                    values[next++] = Pixels[image * PixelCount + (top + i / Patch) * Side + left + i % Patch] / 255f;
                }
            }
        }

        return new Dataset<float>(Shape, values, Labels.Select(l => (int)l).ToArray());
    }
}
