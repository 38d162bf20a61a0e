using Qama.Training;
using Qama.Training.Datasets;

namespace Qama.Tool.Data;

/// <summary>What images and texts have in common: three parts of one kind of samples.</summary>
/// <param name="parts">The parts.</param>
internal abstract class PartedTask<TSamples>(DatasetParts<TSamples> parts) : TaskData
    where TSamples : class, ILabelledSamples<TSamples>
{
    private readonly Dictionary<Split, Dataset<float>> _whole = [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => parts.Training.ClassNames;

    /// <inheritdoc/>
    public override Dataset<float>? Samples(Split split, int? first = null)
    {
        if (Find(split) is not { } samples)
        {
            return null;
        }

        if (first < samples.Labels.Count)
        {
            return Numbers(samples.Pick([.. Enumerable.Range(0, first.Value)]));
        }

        return _whole.TryGetValue(split, out Dataset<float>? known) ? known : _whole[split] = Numbers(samples);
    }

    /// <inheritdoc/>
    public override Dataset<float> Samples(Split split, IReadOnlyList<int> samples) => Numbers(Part(split).Pick(samples));

    /// <summary>A part that there is.</summary>
    protected TSamples Part(Split split) => Find(split) ?? throw new InvalidOperationException($"There is no part {split}.");

    /// <summary>A part; null where there is none.</summary>
    protected TSamples? Find(Split split) => split switch
    {
        Split.Train => parts.Training,
        Split.Dev => parts.Validation,
        _ => parts.Test,
    };

    /// <summary>Samples as numbers.</summary>
    protected abstract Dataset<float> Numbers(TSamples samples);
}
