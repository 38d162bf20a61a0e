using Qama.Numerics.Vectors;
using Qama.Problems;

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
        if (problems.Count == 0)
        {
            throw new ArgumentException("Expected at least one problem in the batch.", nameof(problems));
        }

        if (result.Temperature is double temperature && !(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentException(
                $"Expected a positive, finite temperature or none, got {temperature}.", nameof(result));
        }
    }

    /// <summary>The same for samplers that only look for low energies.</summary>
    public static void CheckSearch(ProblemBatch problems, SampleSet result, string sampler, CancellationToken cancellationToken)
    {
        Check(problems, result, cancellationToken);
        if (result.Temperature is not null)
        {
            throw new NotSupportedException($"A temperature is asked for; {sampler} only looks for low energies.");
        }
    }

    /// <summary>Checks a setting of the sampler.</summary>
    public static void Within(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentException($"Expected {name} in {least} to {most}, got {value}.", name);
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
