namespace Qama.Training.Optimization;

/// <summary>The learning rate as a function of the training step.</summary>
public abstract record LearningRate
{
    /// <summary>The rate of one step.</summary>
    /// <param name="trainingStep">The step, from 1.</param>
    /// <param name="totalSteps">Steps of the whole training.</param>
    public abstract double At(long trainingStep, long totalSteps);

    /// <summary>A constant learning rate.</summary>
    /// <param name="rate">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public static LearningRate Constant(double rate) => new ConstantRate(Positive(rate));

    /// <summary>A linear rise from 0 to <paramref name="peak"/>, then half a cosine down to <paramref name="final"/>
    /// (Loshchilov, Hutter, arXiv 1608.03983, without restarts). A training of one step has <paramref name="peak"/>.</summary>
    /// <param name="peak">Largest rate, positive.</param>
    /// <param name="warmUp">Share of all steps that the rise takes, in [0, 1).</param>
    /// <param name="final">Last rate, 0 to <paramref name="peak"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRate Cosine(double peak, double warmUp = 0.05, double final = 0)
    {
        Positive(peak);
        if (!(warmUp is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(warmUp), warmUp, "Expected a share in [0, 1).");
        }

        if (!(final >= 0 && final <= peak))
        {
            throw new ArgumentOutOfRangeException(nameof(final), final, $"Expected a rate in [0, {peak}].");
        }

        return new CosineRate(peak, warmUp, final);
    }

    private static double Positive(double rate) => double.IsFinite(rate) && rate > 0
        ? rate
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "Expected a positive number.");

    private sealed record ConstantRate(double Rate) : LearningRate
    {
        public override double At(long trainingStep, long totalSteps) => Rate;
    }

    private sealed record CosineRate(double Peak, double WarmUp, double Final) : LearningRate
    {
        public override double At(long trainingStep, long totalSteps)
        {
            if (totalSteps == 1)
            {
                return Peak; // the last rate may be 0, and nothing would be trained
            }

            double rise = Math.Floor(WarmUp * totalSteps);
            if (trainingStep < rise)
            {
                return Peak * trainingStep / rise;
            }

            double progress = Math.Min(1, (trainingStep - rise) / Math.Max(1, totalSteps - rise));
            return Final + (Peak - Final) * 0.5 * (1 + Math.Cos(Math.PI * progress));
        }
    }
}
