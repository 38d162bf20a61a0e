using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Checks of a pass's numbers, all answered by one number read from the device.</summary>
/// <param name="model">The model's name, for messages.</param>
/// <param name="hasData">Whether tensors have numbers; otherwise nothing is checked.</param>
internal sealed class NumberChecks(string model, bool hasData)
{
    private readonly List<(Tensor Good, Func<long, Exception> Explain)> _checks = [];

    /// <summary>Token counts are in range.</summary>
    public void AddLengths(Tensor lengths, int tokens) => Add(
        () => lengths.ge(0) & lengths.le(tokens),
        s => InputChecks.OutOfRange(s, lengths[s].ToInt64(), tokens, nameof(lengths)));

    /// <summary>An input is finite.</summary>
    /// <param name="what">What it is, with its article.</param>
    /// <param name="input">[batch, …].</param>
    public void AddInput(string what, Tensor input) => Add(
        () => AreFinite(input),
        s => new NotFiniteNumberException($"{model}: sample {s} of the batch has {what} that is NaN or infinite."));

    /// <summary>Coefficients are finite.</summary>
    /// <param name="what">What they are, with its article.</param>
    /// <param name="values">[batch, …]; null for none.</param>
    /// <param name="own">The same before normalisation, which spreads one sample's trouble to all.</param>
    public void AddCoefficients(string what, Tensor? values, Tensor? own)
    {
        if (values is not null)
        {
            Add(() => AreFinite(values), s => new NotFiniteNumberException(
                $"{model}: sample {FirstBad(AreFinite(own ?? values)) ?? s} of the batch has {what} that is NaN or "
                + "infinite: its input or the parameters are, or are too large."));
        }
    }

    /// <summary>The batch's statistics do not spoil the running ones, which would never get well again.</summary>
    public void AddStatistics(HeadNormTensors? norm)
    {
        if (norm is { NewMean: { } mean, NewVariance: { } variance })
        {
            Add(() => mean.isfinite() & variance.isfinite(), h => new NotFiniteNumberException(
                $"{model}, {norm.Name}: {Obstacle(norm, h)}. Its running statistics are unchanged."));
        }
    }

    /// <summary>Throws what the first failed check has to say, and forgets all checks.</summary>
    /// <exception cref="ArgumentException">A token count is out of range.</exception>
    /// <exception cref="NotFiniteNumberException">A number is NaN or infinite.</exception>
    public void Require()
    {
        (Tensor Good, Func<long, Exception> Explain)[] checks = [.. _checks];
        _checks.Clear();
        if (checks.Length == 0 || cat([.. checks.Select(c => c.Good)]).all().ToBoolean())
        {
            return;
        }

        foreach ((Tensor good, Func<long, Exception> explain) in checks)
        {
            if (FirstBad(good) is long index)
            {
                throw explain(index);
            }
        }
    }

    private void Add(Func<Tensor> good, Func<long, Exception> explain)
    {
        if (hasData)
        {
            using IDisposable mode = no_grad();
            _checks.Add((good(), explain));
        }
    }

    private static string Obstacle(HeadNormTensors norm, long head)
    {
        (Tensor mean, Tensor variance) = norm.Running;
        return (mean[head].isfinite() & variance[head].isfinite()).ToBoolean()
            ? $"values of the batch in head {head} are NaN, infinite, or too large for their variance"
            : $"the running mean or variance of head {head} is NaN or infinite already";
    }

    /// <summary>Of each sample, [batch].</summary>
    private static Tensor AreFinite(Tensor values) => values.detach().isfinite().flatten(1).all(1);

    private static long? FirstBad(Tensor good) =>
        good.all().ToBoolean() ? null : good.bitwise_not().to(ScalarType.Int64).argmax().ToInt64();
}
