using Qama.Examples.Vision;
using static TorchSharp.torch;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>Images and their classes as a data loader of torch takes them; it puts batches on the device.</summary>
/// <param name="images">The images.</param>
internal sealed class ImageDataset(LabelledImages images) : utils.data.Dataset
{
    private readonly Tensor _pixels = tensor(images.Pixels.Select(p => p / 127.5f - 1).ToArray())
        .view(images.Count, 1, LabelledImages.Side, LabelledImages.Side);
    private readonly Tensor _labels = tensor(images.Labels.Select(l => (long)l).ToArray());

    public override long Count => images.Count;

    /// <returns>The image, [1, 28, 28], -1 to 1; and its label, 0 to 9.</returns>
    public override Dictionary<string, Tensor> GetTensor(long index) =>
        new() { ["image"] = _pixels[index], ["label"] = _labels[index] };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pixels.Dispose();
            _labels.Dispose();
        }

        base.Dispose(disposing);
    }
}
