using Qama.Training.Datasets;

namespace Qama.Tool.Data;

/// <summary>Which samples a model is shown, and how they become tokens.</summary>
/// <param name="Folder">The folder of the data.</param>
/// <param name="Layout">How it holds them; null for what is found.</param>
/// <param name="Patch">Side of a patch in pixels; null for the smallest whose patches the model has tokens for.</param>
/// <param name="Side">Side that images are scaled to, in pixels; null for their own.</param>
/// <param name="HeldOut">Training samples that are held out for validation where there is no part for it; null for a tenth, at most
/// 5,000.</param>
/// <param name="First">The most samples to train on; null for all.</param>
internal sealed record DataSettings(string Folder, DatasetLayout? Layout, int? Patch, int? Side, int? HeldOut, int? First)
{
    private const int MostHeldOut = 5_000;

    /// <summary>The folder's own name.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>Samples to hold out of so many.</summary>
    public int HeldOutOf(int samples) => HeldOut ?? Math.Min(MostHeldOut, samples / 10);
}
