using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Sampling;

public sealed class HostSamplerTests
{
    [Theory, MemberData(nameof(SuccessTests.Models), MemberType = typeof(SuccessTests))]
    public async Task A_native_sampler_gives_what_it_gives_natively(Type model)
    {
        const int Reads = 3;
        using DisposeScope scope = NewDisposeScope();
        int tokens = SamplerProblem.EnergyOf(model).Tokens;
        SamplerProblem problem = SamplerProblem.Of(model, 3, 5, [tokens, tokens - 1, 1]);
        var native = new SimulatedAnnealingSampler { Sweeps = 20 };
        var key = new SamplingKey(3, 4);
        foreach (double? temperature in new double?[] { null, 0.8 })
        {
            var expected = new SampleSet(3, Reads, problem.Variables) { Temperature = temperature };
            await native.SampleAsync(problem.Native, expected, key);
            using TensorSamples samples = Host(model, native).Sample(problem.Tensors, Reads, temperature, key);
            byte[][] states = problem.States(samples.States);
            for (int k = 0; k < states.Length; k++)
            {
                Assert.Equal(expected.State(k / Reads, k % Reads).ToArray(), states[k]);
                Assert.Equal((float)expected.Energy(k / Reads, k % Reads), samples.Energies[k / Reads, k % Reads].item<float>());
            }
        }
    }

    [Fact]
    public void Recorded_samples_are_replayed_and_other_types_converted()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<PlainModel>(2, 6, type: ScalarType.Float64);
        var recorded = new SampleSet(2, 1, problem.Variables);
        recorded.State(0)[3] = recorded.State(1)[7] = 1;
        using TensorSamples samples = new HostSampler<PlainModel>(new FixedSampler(recorded)).Sample(problem.Tensors, 1, null, default);
        Assert.Equal(ScalarType.Float64, samples.Energies.dtype);
        Assert.True(samples.States[0, 0, 0, 3, 0].item<bool>() && samples.States[1, 0, 1, 1, 0].item<bool>());
        Assert.Equal(2, samples.States.sum().item<long>());
    }

    [Fact]
    public void What_it_cannot_pass_on_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<PlainModel>(2, 6, [5, 5]);
        Assert.Throws<ArgumentNullException>(() => new HostSampler<PlainModel>(null!));
        Assert.Contains("LevelsModel", Assert.Throws<ArgumentException>(
            () => new HostSampler<LevelsModel>(new ExactSampler()).Sample(problem.Tensors, 1, null, default)).Message);
        var tabu = new HostSampler<PlainModel>(new TabuSampler());
        Assert.False(tabu.SamplesAtTemperature);
        Assert.Throws<NotSupportedException>(() => tabu.Sample(problem.Tensors, 1, 1.0, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => tabu.Sample(problem.Tensors, 0, null, default));
        problem.Tensors.Couplings![1, 0, 1, 2] = float.NaN;
        Assert.Contains("Problem 1 ", Assert.Throws<ArgumentException>(() => tabu.Sample(problem.Tensors, 1, null, default)).Message);
        problem.Tensors.Present[0, 2] = false;
        Assert.Contains("Problem 0 ", Assert.Throws<ArgumentException>(() => tabu.Sample(problem.Tensors, 1, null, default)).Message);
    }

    private static ITensorSampler Host(Type model, ISampler sampler) =>
        (ITensorSampler)Activator.CreateInstance(typeof(HostSampler<>).MakeGenericType(model), sampler)!;
}
