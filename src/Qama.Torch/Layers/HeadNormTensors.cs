using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>A batch normalisation whose channels are the heads, over chosen entries of a batch (docs/mathematics.md,
/// Batch normalisation).</summary>
/// <param name="kind">What is normalised.</param>
/// <param name="weight">γ, [heads].</param>
/// <param name="bias">β, [heads].</param>
/// <param name="runningMean">Mean of evaluation mode, [heads]; not changed.</param>
/// <param name="runningVariance">Variance of evaluation mode, [heads]; not changed.</param>
/// <param name="usesBatch">Whether mean and variance are the batch's.</param>
internal sealed class HeadNormTensors(
    HeadNormKind kind, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, bool usesBatch)
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    /// <summary>The name in messages.</summary>
    public string Name => kind + "Norm";

    /// <summary>The running mean once the pass has succeeded, [heads]; null before, and in evaluation mode.</summary>
    public Tensor? NewMean { get; private set; }

    /// <summary>The running variance once the pass has succeeded, [heads]; null before, and in evaluation
    /// mode.</summary>
    public Tensor? NewVariance { get; private set; }

    /// <summary>The running statistics that came in.</summary>
    public (Tensor Mean, Tensor Variance) Running => (runningMean, runningVariance);

    /// <summary>Normalises entries; what is not among them stays.</summary>
    /// <param name="values">[batch, heads, …].</param>
    /// <param name="included">Which are entries, booleans that broadcast to the values and are the same for all
    /// heads.</param>
    public Tensor Apply(Tensor values, Tensor included)
    {
        Tensor x = values.to(Elements.TypeOfSums(values.dtype));
        long[] perHead = [1, x.shape[1], .. Enumerable.Repeat(1L, (int)x.dim() - 2)];
        (Tensor mean, Tensor variance) =
            usesBatch ? Measure(x, included) : (runningMean.detach(), runningVariance.detach());
        Tensor factor = weight.to(x.dtype) * (variance.to(x.dtype) + Epsilon).rsqrt();
        Tensor centred = x - mean.to(x.dtype).view(perHead);
        Tensor normalised = centred * factor.view(perHead) + bias.to(x.dtype).view(perHead);
        return Elements.Choose(included, normalised, x).to(values.dtype);
    }

    private (Tensor Mean, Tensor Variance) Measure(Tensor x, Tensor included)
    {
        long[] dimensions = [0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(d => (long)d)];
        long[] oneHead = [x.shape[0], 1, .. x.shape[2..]];
        Tensor excluded = included.bitwise_not();
        Tensor count = included.expand(oneHead).sum().to(x.dtype);
        Tensor divisor = count.clamp_min(1);
        Tensor mean = x.masked_fill(excluded, 0).sum(dimensions, keepdim: true) / divisor;
        Tensor squares = (x - mean).masked_fill(excluded, 0).square().sum(dimensions);
        mean = mean.flatten();
        using (no_grad())
        {
            Tensor unbiased = squares / (count - 1).clamp_min(1);
            NewMean = Approach(runningMean, mean, count.gt(0));
            NewVariance = Approach(runningVariance, unbiased, count.gt(1));
        }

        return (mean, squares / divisor);
    }

    /// <summary>r ← 0.9 r + 0.1 new where the batch says something.</summary>
    private static Tensor Approach(Tensor running, Tensor value, Tensor isKnown)
    {
        Tensor own = running.detach().to(value.dtype);
        return Elements.Choose(isKnown, own * (1 - Momentum) + value.detach() * Momentum, own).to(running.dtype);
    }
}
