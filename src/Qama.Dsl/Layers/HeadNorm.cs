using System.Numerics;

namespace Qama.Layers;

/// <summary>The parameters and running statistics of a batch normalisation whose channels are the heads.</summary>
internal sealed class HeadNorm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Share of a batch's statistics in the running ones, as in PyTorch.</summary>
    public const double Momentum = 0.1;

    public HeadNorm(string name, int heads)
    {
        Scale = new Parameter<T>(name + ".Weight", heads);
        Shift = new Parameter<T>(name + ".Bias", heads);
        RunningMean = new Parameter<T>(name + ".RunningMean", heads);
        RunningVariance = new Parameter<T>(name + ".RunningVariance", heads);
        Scale.Value.Fill(T.One);
        RunningVariance.Value.Fill(T.One);
    }

    /// <summary>γ, [heads].</summary>
    public Parameter<T> Scale { get; }

    /// <summary>β, [heads].</summary>
    public Parameter<T> Shift { get; }

    /// <summary>Mean used in evaluation mode, [heads].</summary>
    public Parameter<T> RunningMean { get; }

    /// <summary>Variance used in evaluation mode, [heads].</summary>
    public Parameter<T> RunningVariance { get; }
}
