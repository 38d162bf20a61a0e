using Qama.Layers;
using Qama.Numerics.Vectors;

namespace Qama.Benchmarks.Steps;

/// <summary>The layer of the published MNIST model.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Narrow : IStages
{
    /// <inheritdoc/>
    public void RunForward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float> => ComputeCoefficients<TVector>(sample);

    /// <inheritdoc/>
    public void RunBackward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float> => BackwardCoefficients<TVector>(sample);
}

/// <summary>The published timing case.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 512, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Wide : IStages
{
    /// <inheritdoc/>
    public void RunForward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float> => ComputeCoefficients<TVector>(sample);

    /// <inheritdoc/>
    public void RunBackward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float> => BackwardCoefficients<TVector>(sample);
}

/// <summary>The layer of the published MNIST model, with coefficients and outputs of a known scale.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
public sealed partial class NarrowStable : IStages
{
    /// <inheritdoc/>
    public void RunForward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float> => ComputeCoefficients<TVector>(sample);

    /// <inheritdoc/>
    public void RunBackward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float> => BackwardCoefficients<TVector>(sample);
}

/// <summary>Tokens enough for one sample to occupy two threads.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 128, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class LongSample;

/// <summary>The same with batch normalisation of couplings.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 128, Preset = Preset.QamaV2Stable)]
[Heads(8)]
public sealed partial class LongStable;

/// <summary>One sample of the published timing case's width.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 512, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class LongWide;

/// <summary>Couplings of every pair, which are no products of few features.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 128), Heads(8)]
[Coupling(Similarity.JensenShannon), Readout(ReadoutKind.SelectedAttention)]
public sealed partial class LongPairs;

/// <summary>Stages of a layer that its own base class calls; a model declares them here to be measured alone.</summary>
internal interface IStages
{
    /// <summary>Couplings and fields of one sample.</summary>
    void RunForward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float>;

    /// <summary>Back from couplings and fields to query, key and value.</summary>
    void RunBackward<TVector>(in SampleBuffers<float> sample)
        where TVector : struct, IVector<TVector, float>;
}
