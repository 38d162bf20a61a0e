using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Sampling;

public sealed class TensorSamplerTests
{
    private static ITensorSampler[] Samplers => [.. SuccessTests.Counterparts().Select(c => c.Tensors)];

    [Theory]
    [InlineData(ScalarType.Float16, 1e-2)]
    [InlineData(ScalarType.BFloat16, 1e-1)]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.Float64, 1e-12)]
    public void States_are_sorted_and_energies_are_theirs_in_the_problems_type(ScalarType type, double tolerance)
    {
        const int Reads = 6;
        foreach (Type model in new[] { typeof(PlainModel), typeof(LevelBitsModel), typeof(ShareOutModel) })
        {
            using DisposeScope scope = NewDisposeScope();
            int tokens = SamplerProblem.EnergyOf(model).Tokens;
            SamplerProblem problem = SamplerProblem.Of(model, 3, 21, [tokens, tokens - 1, tokens], type);
            foreach (ITensorSampler sampler in Samplers)
            {
                using TensorSamples samples = sampler.Sample(problem.Tensors, Reads, null, new SamplingKey(1));
                TensorEnergy energy = problem.Tensors.Energy;
                Assert.Equal([3, Reads, energy.Heads, energy.Tokens, energy.Bits], samples.States.shape);
                Assert.Equal([3, Reads], samples.Energies.shape);
                Assert.Equal(ScalarType.Bool, samples.States.dtype);
                Assert.Equal(type, samples.Energies.dtype);
                Assert.False(samples.States[1, .., .., tokens - 1].any().item<bool>());
                double[] energies = samples.Energies.to(ScalarType.Float64).data<double>().ToArray();
                double scale = energies.Max(Math.Abs);
                byte[][] states = problem.States(samples.States);
                for (int k = 0; k < states.Length; k++)
                {
                    Assert.Equal(problem.Native.Energy(k / Reads, states[k]), energies[k], tolerance * scale);
                    Assert.True(k % Reads == 0 || energies[k] >= energies[k - 1] - (tolerance * scale));
                }
            }
        }
    }

    [Fact]
    public void The_same_key_gives_the_same_states_and_another_step_others()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<StableModel>(2, 31);
        foreach (ITensorSampler sampler in Samplers)
        {
            Tensor first = sampler.Sample(problem.Tensors, 8, null, new SamplingKey(5, 1)).States;
            random.manual_seed(17); // torch's own random numbers play no part
            Assert.True(first.eq(sampler.Sample(problem.Tensors, 8, null, new SamplingKey(5, 1)).States).all().item<bool>());
        }

        var annealing = new TensorAnnealingSampler();
        Tensor drawn = annealing.Sample(problem.Tensors, 8, 1.0, new SamplingKey(5, 1)).States;
        Assert.False(drawn.eq(annealing.Sample(problem.Tensors, 8, 1.0, new SamplingKey(5, 2)).States).all().item<bool>());
        Assert.False(drawn.eq(annealing.Sample(problem.Tensors, 8, 1.0, new SamplingKey(6, 1)).States).all().item<bool>());
    }

    [Fact]
    public void The_problem_stays_as_it_is_and_no_gradient_is_recorded()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<DiagonalModel>(2, 41, [4, 2]);
        Tensor couplings = problem.Tensors.Couplings!.clone().requires_grad_();
        Tensor fields = problem.Tensors.Fields!.clone().requires_grad_();
        var tracked = new TensorProblem(problem.Tensors.Energy, couplings * 1, fields * 1, problem.Tensors.Present);
        foreach (ITensorSampler sampler in Samplers)
        {
            using TensorSamples samples = sampler.Sample(tracked, 3, null, default);
            Assert.False(samples.Energies.requires_grad);
            Assert.True(tracked.Couplings!.eq(problem.Tensors.Couplings).all().item<bool>());
            Assert.True(tracked.Fields!.eq(problem.Tensors.Fields).all().item<bool>());
        }
    }

    [Fact]
    public void Live_tensors_do_not_grow_with_steps_or_calls()
    {
        using DisposeScope scope = NewDisposeScope();
        (Type Model, Func<int, ITensorSampler> Sampler)[] samplers =
        [
            (typeof(LevelBitsModel), n => new TensorAnnealingSampler { Sweeps = n / 30 }), // of about 30 steps
            (typeof(ShareOutModel), n => new TensorAnnealingSampler { Sweeps = n / 50 }),
            (typeof(ShareOutModel), n => new TensorBifurcationSampler { Steps = n }),
            (typeof(LevelBitsModel), n => new TensorBifurcationSampler { Steps = n, Variant = BifurcationVariant.Discrete }),
            (typeof(ShareOutModel), n => new TensorCoherentIsingMachineSampler { Steps = n, Noise = 0.1 }),
        ];
        foreach ((Type model, Func<int, ITensorSampler> sampler) in samplers)
        {
            SamplerProblem problem = SamplerProblem.Of(model, 1, 51);
            (long _, long few) = Count(sampler(100), problem);
            (long left, long many) = Count(sampler(2000), problem);
            Assert.Equal(0, left);
            Assert.Equal(few, many);
        }
    }

    [Fact]
    public void No_problems_give_no_samples()
    {
        TensorEnergy energy = SamplerProblem.EnergyOf(typeof(LevelsModel));
        using DisposeScope scope = NewDisposeScope();
        var problem = new TensorProblem(
            energy, zeros(0, energy.Heads, energy.Tokens, energy.Tokens), energy.HasField ? zeros(0, energy.Heads, energy.Tokens) : null,
            zeros(0, energy.Tokens, ScalarType.Bool));
        foreach (ITensorSampler sampler in Samplers.Append(new HostSampler<LevelsModel>(new ExactSampler())))
        {
            using TensorSamples samples = sampler.Sample(problem, 3, null, default);
            Assert.Equal([0, 3, energy.Heads, energy.Tokens, 2], samples.States.shape);
            Assert.Equal([0, 3], samples.Energies.shape);
        }
    }

    [Fact]
    public void Problems_without_tokens_select_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Type model in new[] { typeof(LevelBitsModel), typeof(ShareOutModel), typeof(PlainModel) })
        {
            SamplerProblem problem = SamplerProblem.Of(model, 2, 61, [0, 1]);
            foreach (ITensorSampler sampler in Samplers)
            {
                using TensorSamples samples = sampler.Sample(problem.Tensors, 2, null, default);
                Assert.False(samples.States[0].any().item<bool>());
                Assert.True(samples.Energies.isfinite().all().item<bool>());
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_coefficient_that_is_not_finite_is_refused_by_the_number_of_its_problem(float value)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ITensorSampler sampler in Samplers)
        {
            SamplerProblem problem = SamplerProblem.Of<PlainModel>(3, 71);
            problem.Tensors.Couplings![2, 1, 0, 3] = value;
            Assert.Contains("Problem 2 ", Assert.Throws<ArgumentException>(() => sampler.Sample(problem.Tensors, 1, null, default)).Message);
            problem = SamplerProblem.Of<PlainModel>(3, 71);
            problem.Tensors.Fields![1, 0, 2] = value;
            Assert.Contains("Problem 1 ", Assert.Throws<ArgumentException>(() => sampler.Sample(problem.Tensors, 1, null, default)).Message);
        }
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        TensorProblem problem = SamplerProblem.Of<PlainModel>(1, 81).Tensors;
        foreach (ITensorSampler sampler in Samplers)
        {
            Assert.Equal("reads", Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Sample(problem, 0, null, default)).ParamName);
            Assert.Throws<ArgumentNullException>(() => sampler.Sample(null!, 1, null, default));
            if (!sampler.SamplesAtTemperature)
            {
                Assert.Throws<NotSupportedException>(() => sampler.Sample(problem, 1, 1.0, default));
            }
        }

        var annealing = new TensorAnnealingSampler();
        foreach (double temperature in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Assert.Equal(
                "temperature", Assert.Throws<ArgumentOutOfRangeException>(() => annealing.Sample(problem, 1, temperature, default)).ParamName);
        }

        var rising = new TensorAnnealingSampler { Cold = 0.7 };
        Assert.Contains("Cold", Assert.Throws<ArgumentException>(() => rising.Sample(problem, 1, null, default)).Message);
        Assert.Equal("Sweeps", Refusal(() => new TensorAnnealingSampler { Sweeps = 0 }));
        Assert.Equal("Hot", Refusal(() => new TensorAnnealingSampler { Hot = double.NaN }));
        Assert.Equal("Cold", Refusal(() => new TensorAnnealingSampler { Cold = 0 }));
        Assert.Equal("DescentSweeps", Refusal(() => new TensorAnnealingSampler { DescentSweeps = -1 }));
        Assert.Equal("Steps", Refusal(() => new TensorBifurcationSampler { Steps = 0 }));
        Assert.Equal("TimeStep", Refusal(() => new TensorBifurcationSampler { TimeStep = 11 }));
        Assert.Equal("Coupling", Refusal(() => new TensorBifurcationSampler { Coupling = 0 }));
        Assert.Equal("Variant", Refusal(() => new TensorBifurcationSampler { Variant = (BifurcationVariant)2 }));
        Assert.Equal("DescentSweeps", Refusal(() => new TensorBifurcationSampler { DescentSweeps = 1001 }));
        Assert.Equal("Steps", Refusal(() => new TensorCoherentIsingMachineSampler { Steps = 0 }));
        Assert.Equal("TimeStep", Refusal(() => new TensorCoherentIsingMachineSampler { TimeStep = 0 }));
        Assert.Equal("PumpStart", Refusal(() => new TensorCoherentIsingMachineSampler { PumpStart = 11 }));
        Assert.Equal("PumpEnd", Refusal(() => new TensorCoherentIsingMachineSampler { PumpEnd = double.NaN }));
        Assert.Equal("Coupling", Refusal(() => new TensorCoherentIsingMachineSampler { Coupling = 101 }));
        Assert.Equal("ErrorRate", Refusal(() => new TensorCoherentIsingMachineSampler { ErrorRate = -1 }));
        Assert.Equal("TargetAmplitude", Refusal(() => new TensorCoherentIsingMachineSampler { TargetAmplitude = 0 }));
        Assert.Equal("Noise", Refusal(() => new TensorCoherentIsingMachineSampler { Noise = -1 }));
        Assert.Equal("DescentSweeps", Refusal(() => new TensorCoherentIsingMachineSampler { DescentSweeps = -1 }));
    }

    // Tensors left by a call, and the most that lived during it: the library keeps the most of the process, which others fill up to.
    private static (long Left, long Most) Count(ITensorSampler sampler, SamplerProblem problem)
    {
        sampler.Sample(problem.Tensors, 2, null, default).Dispose(); // tables
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using DisposeScope scope = NewDisposeScope();
        while (Tensor.TotalCount < Tensor.PeakCount)
        {
            empty(0);
        }

        long before = Tensor.TotalCount;
        sampler.Sample(problem.Tensors, 2, null, default).Dispose();
        return (Tensor.TotalCount - before, Tensor.PeakCount - before);
    }

    private static string? Refusal(Func<object> make) => Assert.Throws<ArgumentOutOfRangeException>(make).ParamName;
}
