using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>Native samplers and what does the same in operations of torch.</summary>
internal static class TensorSamplers
{
    /// <summary>The form of a native sampler for problems on a device; what has none works on copies on the
    /// host.</summary>
    public static ITensorSampler For<TModel>(ISampler sampler)
        where TModel : IQuboAttention<TModel> => sampler switch
        {
            SimulatedAnnealingSampler a => new BestReads(
                new TensorAnnealingSampler { Sweeps = a.Sweeps, Hot = a.Hot, Cold = a.Cold }, a.Restarts),
            BifurcationSampler b => new TensorBifurcationSampler
            {
                Variant = b.Variant, Steps = b.Steps, TimeStep = b.TimeStep, Coupling = b.Coupling,
            },
            CoherentIsingMachineSampler { Limits: null } c => new TensorCoherentIsingMachineSampler
            {
                Steps = c.Steps, TimeStep = c.TimeStep, PumpStart = c.PumpStart, PumpEnd = c.PumpEnd,
                Coupling = c.Coupling, ErrorRate = c.ErrorRate, TargetAmplitude = c.TargetAmplitude, Noise = c.Noise,
                LastSigns = c.LastSigns,
                DescentSweeps = c.Descent ? 4 : 0,
            },
            _ => new HostSampler<TModel>(sampler),
        };

    /// <summary>Restarts as reads of which the best are kept.</summary>
    private sealed class BestReads(ITensorSampler inner, int restarts) : ITensorSampler
    {
        public string Name => inner.Name;

        public bool SamplesAtTemperature => inner.SamplesAtTemperature;

        public TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key)
        {
            if (restarts == 1 || temperature is not null)
            {
                return inner.Sample(problem, reads, temperature, key);
            }

            using DisposeScope scope = NewDisposeScope();
            TensorSamples all = inner.Sample(problem, checked(reads * restarts), null, key);
            return new TensorSamples(
                scope.MoveToOuter(all.States.narrow(1, 0, reads).clone()),
                scope.MoveToOuter(all.Energies.narrow(1, 0, reads).clone()));
        }
    }
}
