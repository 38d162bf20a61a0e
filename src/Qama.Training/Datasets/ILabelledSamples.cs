namespace Qama.Training.Datasets;

/// <summary>Samples with their classes, before they become numbers of a model.</summary>
/// <typeparam name="TSelf">The kind of samples.</typeparam>
public interface ILabelledSamples<TSelf>
    where TSelf : ILabelledSamples<TSelf>
{
    /// <summary>The class of each sample, an index of <see cref="ClassNames"/>.</summary>
    IReadOnlyList<int> Labels { get; }

    /// <summary>Names of the classes.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Some of the samples.</summary>
    /// <param name="samples">Their indices, in the order in which they are wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    TSelf Pick(IReadOnlyList<int> samples);
}
