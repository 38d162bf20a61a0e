using System.Diagnostics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Sampling;
using Xunit.Abstractions;
namespace Qama.Torch.Tests.Sampling;
public sealed class TuningRun(ITestOutputHelper output)
{
    [Fact]
    public void Tune()
    {
        foreach (Type m in EnergyTests.Models)
        {
            Type model = m;
            if (model != typeof(TermsModel) && model != typeof(DisjointModel) && model != typeof(ExactlyModel) && model != typeof(ShareOutModel)) continue;
            SamplerProblem p = SamplerProblem.Of(model, 60, 200);
            double[] minima = p.Minima();
            string line = model.Name.PadRight(20);
            foreach ((ISampler n, ITensorSampler t) in Pairs())
            {
                var w = Stopwatch.StartNew();
                double b = p.SuccessOf(t, 20, 2, minima);
                line += $" {p.SuccessOf(n, 20, 1, minima):F3}/{b:F3} ({w.ElapsedMilliseconds} ms)";
            }
            output.WriteLine(line);
        }
    }
    public static IEnumerable<(ISampler, ITensorSampler)> Pairs() =>
    [
        (new SimulatedAnnealingSampler{ Sweeps = 30 }, new TensorAnnealingSampler{ Sweeps = 30 }),
        (new BifurcationSampler{ Steps = 100 }, new TensorBifurcationSampler{ Steps = 100 }),
        (new BifurcationSampler{ Steps = 100, Variant = BifurcationVariant.Discrete }, new TensorBifurcationSampler{ Steps = 100, Variant = BifurcationVariant.Discrete }),
        (new CoherentIsingMachineSampler{ Steps = 200 }, new TensorCoherentIsingMachineSampler{ Steps = 200 }),
    ];
}
