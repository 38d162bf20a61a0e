using Qama.Layers;

namespace Qama.Generators.Tests.Layers;

public class SeedTests
{
    private static readonly Operator _declared = new()
    {
        Name = "Large", Tokens = 4, Heads = 2, HeadDim = 64, Width = 100, Importance = Importance.ValueProjection, Bias = true, LayerNorm = true,
    };

    private static readonly CompiledOperators<double> _compiled = new([_declared]);

    [Fact]
    public void A_seed_decides_every_initial_parameter()
    {
        double[][] first = Values(7), again = Values(7), other = Values(8);
        Assert.Equal(first, again);
        foreach ((Parameter<double> parameter, int p) in _compiled.Create(_declared).Parameters.Select((parameter, p) => (parameter, p)))
        {
            bool drawn = !parameter.Name.Contains("Norm", StringComparison.Ordinal);
            Assert.Equal(drawn, !first[p].SequenceEqual(other[p]));
        }
    }

    [Fact]
    public void Projections_start_uniform_within_one_over_the_root_of_the_inputs_and_norms_at_one_and_zero()
    {
        double bound = 1 / Math.Sqrt(_declared.Width);
        foreach (Parameter<double> parameter in _compiled.Create(_declared, 3).Parameters)
        {
            double[] values = parameter.Value.ToArray();
            if (parameter.Name.Contains("Projection", StringComparison.Ordinal))
            {
                // Moments of a uniform distribution, within five standard errors.
                double error = 5 / Math.Sqrt(values.Length);
                Assert.All(values, v => Assert.InRange(v, -bound, bound));
                Assert.InRange(values.Average() / bound, -error, error);
                Assert.InRange(values.Average(v => v * v) / (bound * bound), 1 / 3.0 - error, 1 / 3.0 + error);
            }
            else if (parameter.Name.Contains("Norm", StringComparison.Ordinal))
            {
                Assert.All(values, v => Assert.Equal(parameter.Name.EndsWith(".Weight", StringComparison.Ordinal) ? 1 : 0, v));
            }
        }
    }

    [Fact]
    public void The_vector_of_energies_to_values_starts_standard_normal()
    {
        double[] values = [.. Enumerable.Range(0, 50).SelectMany(seed =>
            _compiled.Create(_declared, seed).Parameters["EnergyToValue"].Value.ToArray())];
        double error = 5 / Math.Sqrt(values.Length);
        Assert.InRange(values.Average(), -error, error);
        Assert.InRange(values.Average(v => v * v), 1 - 1.5 * error, 1 + 1.5 * error);
        Assert.InRange(values.Average(v => v * v * v * v), 3 - 10 * error, 3 + 10 * error);
    }

    private static double[][] Values(long seed) => [.. _compiled.Create(_declared, seed).Parameters.Select(p => p.Value.ToArray())];
}
