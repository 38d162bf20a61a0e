using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Layers.Gradients;

/// <summary>Models of every estimator, and samplers that behave as machines do.</summary>
internal static class SolverPasses
{
    public static TheoryData<GradientKind> Kinds => [.. Enum.GetValues<GradientKind>()];

    public static ModelDescriptor Model(GradientKind kind) => HandwrittenLayer<float>.Descriptor with
    {
        NormalizesFields = true,
        NormalizesOutput = true,
        ReadCount = kind is GradientKind.Covariance or GradientKind.Perturbed ? 3 : 1,
        Temperature = kind == GradientKind.Covariance ? 0.8 : null,
        Gradient = new GradientDescription(kind) { Lambda = 2, Samples = 3, Sigma = 0.7, Beta = 0.5 },
    };

    /// <summary>A search that needs no kernel, as slow to answer as a machine.</summary>
    internal sealed class Machine : ISampler
    {
        private readonly TabuSampler _inner = new() { Threads = 1 };

        public string Name => "slow";

        public bool SamplesAtTemperature => true;

        /// <summary>Calls that are left before one is cancelled.</summary>
        public int Patience { get; set; } = int.MaxValue;

        public bool IsSlow { get; set; } = true;

        public async ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            if (Patience-- <= 0)
            {
                throw new OperationCanceledException();
            }

            if (IsSlow)
            {
                await Task.Yield();
            }

            double? temperature = result.Temperature;
            result.Temperature = null;
            await _inner.SampleAsync(problems, result, key, cancellationToken).ConfigureAwait(false);
            result.Temperature = temperature;
        }
    }
}
