using Qama.Kernels;

namespace Qama.Sampling;

/// <summary>What samplers check before any work.</summary>
internal static class SamplingChecks
{
    /// <summary>Checks the arguments of <see cref="ISampler.SampleAsync"/>.</summary>
    public static void Check(ProblemBatch problems, SampleSet result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(result);
        cancellationToken.ThrowIfCancellationRequested();
        problems.CheckBeforeSampling(result);
        if (result.Temperature is double temperature && !(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentException(
                $"Expected a positive, finite temperature or none, got {temperature}.", nameof(result));
        }
    }

    /// <summary>Checks what a simulator that runs the annealing kernels depends on besides its arguments.</summary>
    public static void Kernels()
    {
        if (VectorPath.Bits == 0)
        {
            throw VectorPath.Unknown();
        }
    }

    /// <summary>Checks a setting of the sampler.</summary>
    public static void AtLeast(int value, int least, string name)
    {
        if (value < least)
        {
            throw new ArgumentException($"Expected {name} to be at least {least}, got {value}.", name);
        }
    }
}
