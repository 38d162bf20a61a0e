using Qama.Sampling;
using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Sampling;

/// <summary>How often samplers reach the lowest energy, against their native counterparts with the same
/// settings.</summary>
public sealed class SuccessTests
{
    private const int Problems = 16;
    private const int Reads = 32;

    public static TheoryData<Type> Models => [.. EnergyTests.Kinds.Where(m => m != typeof(StableModel))];

    [Theory, MemberData(nameof(Models))]
    public void Lowest_energies_are_reached_as_often_as_natively(Type model)
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of(model, Problems, 1000); // settings were tried on other seeds
        double[] minima = problem.Minima();
        foreach ((ISampler native, ITensorSampler tensors) in Counterparts())
        {
            double expected = problem.SuccessOf(native, Reads, 1, minima);
            double actual = problem.SuccessOf(tensors, Reads, 2, minima);

            // Four standard deviations of a difference of two shares, each of independent reads.
            double share = Math.Clamp((expected + actual) / 2, 0.05, 0.95);
            double margin = 4 * Math.Sqrt(2 * share * (1 - share) / (Problems * Reads));
            Assert.True(actual >= expected - margin, $"{tensors.Name}: {actual:F3}, natively {expected:F3}, margin {margin:F3}.");
        }
    }

    [Theory]
    [InlineData(1e-24f)]
    [InlineData(1e24f)]
    public void The_scale_of_a_problem_does_not_matter(float scale)
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<ShareOutModel>(4, 3, scale: scale); // all weights follow from the coefficients
        double[] minima = problem.Minima();
        foreach ((_, ITensorSampler sampler) in Counterparts())
        {
            using TensorSamples samples = sampler.Sample(problem.Tensors, 20, null, default);
            double[] energies = samples.Energies.to(ScalarType.Float64).data<double>().ToArray();
            for (int p = 0; p < 4; p++)
            {
                Assert.Equal(1, energies[20 * p] / minima[p], 1e-5);
            }
        }
    }

    [Fact]
    public void Descent_ends_where_no_flip_lowers_the_energy()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<StableModel>(3, 7, [16, 9, 16]);
        Func<int, ITensorSampler>[] samplers =
        [
            n => new TensorAnnealingSampler { Sweeps = 1, Hot = 100, Cold = 100, DescentSweeps = n },
            n => new TensorBifurcationSampler { Steps = 1, DescentSweeps = n },
            n => new TensorCoherentIsingMachineSampler { Steps = 1, DescentSweeps = n },
        ];
        foreach (Func<int, ITensorSampler> sampler in samplers)
        {
            Assert.Contains(States(sampler(0)), s => CanFall(s.Problem, s.State));
            Assert.DoesNotContain(States(sampler(30)), s => CanFall(s.Problem, s.State));
        }

        IEnumerable<(int Problem, byte[] State)> States(ITensorSampler sampler)
        {
            using TensorSamples samples = sampler.Sample(problem.Tensors, 8, null, default);
            return [.. problem.States(samples.States).Select((s, k) => (k / 8, s))];
        }

        bool CanFall(int p, byte[] state)
        {
            double energy = problem.Native.Energy(p, state);
            return Enumerable.Range(0, state.Length).Where(v => problem.Native.IsPresent(p, v)).Any(v =>
            {
                byte[] flipped = [.. state];
                flipped[v] ^= 1;
                return problem.Native.Energy(p, flipped) < energy - 1e-4;
            });
        }
    }

    internal static (ISampler Native, ITensorSampler Tensors)[] Counterparts() =>
    [
        (new SimulatedAnnealingSampler { Sweeps = 30 }, new TensorAnnealingSampler { Sweeps = 30 }),
        (new BifurcationSampler { Steps = 100 }, new TensorBifurcationSampler { Steps = 100 }),
        (new BifurcationSampler { Steps = 100, Variant = BifurcationVariant.Discrete },
            new TensorBifurcationSampler { Steps = 100, Variant = BifurcationVariant.Discrete }),
        (new CoherentIsingMachineSampler { Steps = 200, Noise = 0.1 }, new TensorCoherentIsingMachineSampler { Steps = 200, Noise = 0.1 }),
    ];
}
