using System.Security.Cryptography;
using Qama.Training;
using Qama.Training.Datasets;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Tool.Data;

/// <summary>Images as patches.</summary>
internal sealed class ImageTask : PartedTask<ImageSet>
{
    private readonly int _tokens;
    private readonly ImagePatches _patches;

    /// <param name="parts">The images.</param>
    /// <param name="settings">The patch's side.</param>
    /// <param name="tokens">Tokens that the model has.</param>
    /// <exception cref="InvalidDataException">No patch, or not the one that is asked for, fits image and model.</exception>
    public ImageTask(DatasetParts<ImageSet> parts, DataSettings settings, int tokens)
        : base(parts)
    {
        _tokens = tokens;
        ImageSet images = parts.Training;
        int[] sides = [.. Enumerable.Range(1, Math.Min(images.Width, images.Height)).Where(p => images.Width % p == 0
            && images.Height % p == 0)];
        int side = settings.Patch ?? sides.FirstOrDefault(p => Count(images, p) <= tokens);
        if (!sides.Contains(side) || Count(images, side) > tokens)
        {
            string asked = sides.Contains(side) ? $"patches of {side} are {Count(images, side)} tokens"
                : side > 0 ? $"a patch of {side} does not divide that" : "no patch divides that into so few tokens";
            string fitting = string.Join(", ", sides.Where(p => Count(images, p) <= tokens).Select(p =>
                $"--patch {p} ({Count(images, p)})"));
            throw new InvalidDataException(
                $"{settings.Folder}: images of {images.Width} x {images.Height} pixels and a model of {tokens} tokens: {asked}. "
                + $"Use {(fitting.Length > 0 ? $"{fitting}, or a" : "a")} model that declares more Tokens, or --side.");
        }

        _patches = ImagePatches.Of(images, side);
    }

    /// <inheritdoc/>
    public override int? Patch => _patches.Side;

    /// <inheritdoc/>
    public override int? Columns => _patches.Columns;

    /// <inheritdoc/>
    public override string Hash
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (ImageSet part in Enum.GetValues<Split>().Select(Find).OfType<ImageSet>())
            {
                for (int i = 0; i < part.Labels.Count; i++)
                {
                    hash.AppendData(part.Pixels(i));
                    hash.AppendData(BitConverter.GetBytes(part.Labels[i]));
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <inheritdoc/>
    public override Module<float> Embedding(int width, long seed) => new Linear<float>(_patches.Shape with { Tokens = _tokens }, width,
        seed);

    /// <inheritdoc/>
    public override Module<float> Around(Module<float> network) =>
        _patches.Shape.Tokens == _tokens ? network : PresentTokens<float>.First(network, _patches.Shape.Tokens);

    /// <inheritdoc/>
    public override int Present(Split split, int sample) => _patches.Shape.Tokens;

    /// <inheritdoc/>
    public override string? Image(Split split, int sample) => Png.Encode(Part(split), sample);

    /// <inheritdoc/>
    protected override Dataset<float> Numbers(ImageSet samples) => _patches.ToDataset(samples, _tokens);

    private static int Count(ImageSet images, int side) => images.Width / side * (images.Height / side);
}
