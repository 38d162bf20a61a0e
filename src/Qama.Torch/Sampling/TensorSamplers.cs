using Qama.Layers;
using Qama.Sampling;

namespace Qama.Torch.Sampling;

/// <summary>Native samplers and what does the same in operations of torch.</summary>
internal static class TensorSamplers
{
    /// <summary>The form of a native sampler for problems on a device; what has none works on copies on the host.</summary>
    public static ITensorSampler For<TModel>(ISampler sampler)
        where TModel : IQuboAttention<TModel> => sampler switch
        {
            SimulatedAnnealingSampler { Restarts: 1 } a => new TensorAnnealingSampler { Sweeps = a.Sweeps, Hot = a.Hot, Cold = a.Cold },
            BifurcationSampler b => new TensorBifurcationSampler
            {
                Variant = b.Variant, Steps = b.Steps, TimeStep = b.TimeStep, Coupling = b.Coupling,
            },
            CoherentIsingMachineSampler { Limits: null } c => new TensorCoherentIsingMachineSampler
            {
                Steps = c.Steps, TimeStep = c.TimeStep, PumpStart = c.PumpStart, PumpEnd = c.PumpEnd, Coupling = c.Coupling,
                ErrorRate = c.ErrorRate, TargetAmplitude = c.TargetAmplitude, Noise = c.Noise, LastSigns = c.LastSigns,
                DescentSweeps = c.Descent ? 4 : 0,
            },
            _ => new HostSampler<TModel>(sampler),
        };
}
