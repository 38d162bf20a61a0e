using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Layer = Qama.Tests.Layers.HandwrittenLayer<double>;

namespace Qama.Tests.Layers.Gradients;

/// <summary>Estimators against the exact gradients of the losses that they smooth.</summary>
public class SmoothedLossTests
{
    private const int N = Layer.N, H = Layer.H, D = Layer.D;

    [Theory]
    [InlineData(PerturbationNoise.Gaussian, 0.1)]
    [InlineData(PerturbationNoise.Gaussian, 0.8)]
    [InlineData(PerturbationNoise.Gumbel, 0.4)]
    public void Perturbed_weights_without_couplings_are_the_noises_distribution_function(PerturbationNoise noise, double lambda)
    {
        const int Samples = 4000;
        const double Sigma = 1.5;
        var run = new LayerRun<double>(Layer.Descriptor with
        {
            ReadCount = Samples,
            Gradient = new GradientDescription(GradientKind.Perturbed)
            {
                Samples = Samples, Sigma = Sigma, Lambda = lambda, Noise = noise,
            },
        });
        Array.Clear(run.Inputs[0]); // no couplings: s = 1 where w_f f + σ ε > 0
        run.Sampler = new SignSampler();
        run.Forward().Backward();
        double[] g = run.Layer.Parameters["EnergyToValue"].Value.ToArray();
        for (int b = 0; b < LayerRun<double>.Batch; b++)
        {
            for (int h = 0; h < H; h++)
            {
                for (int i = 0; i < N; i++)
                {
                    int at = ((((b * N) + i) * H) + h) * D;
                    double field = Enumerable.Range(0, D).Sum(d => run.Inputs[2][at + d] * g[d]);
                    double received = Enumerable.Range(0, D).Sum(d => run.OutputGradient[at + d] * g[d]);
                    double weight = Layer.Descriptor.FieldWeight, reward = weight * field;
                    double mean = Share(reward), target = Share(reward + (lambda * field * received));
                    double expected = (-mean * received) + (weight * (mean - target) / lambda);

                    // Four standard errors of shares of so many samples.
                    double error = 4 * (Math.Abs(received) + (weight * Math.Sqrt(Math.Abs(mean - target) + 1e-3) / lambda)) / Math.Sqrt(Samples);
                    for (int d = 0; d < D; d++)
                    {
                        Assert.InRange(run.InputGradients[2][at + d], (expected * g[d]) - (error * Math.Abs(g[d])), (expected * g[d]) + (error * Math.Abs(g[d])));
                    }

                    Assert.InRange(run.Output[at], (-mean * field * g[0]) - (2 * Math.Abs(field * g[0]) / Math.Sqrt(Samples)),
                        (-mean * field * g[0]) + (2 * Math.Abs(field * g[0]) / Math.Sqrt(Samples)));
                }
            }
        }

        double Share(double reward) => noise == PerturbationNoise.Gaussian
            ? Normal(reward / Sigma)
            : 1 - Math.Exp(-Math.Exp(reward / Sigma));
    }

    [Fact]
    public void A_small_nudge_at_a_temperature_gives_the_boltzmann_gradient()
    {
        const double Temperature = 1.2;
        const int Reads = 6000;
        var run = new LayerRun<double>(
            Layer.Descriptor with
            {
                ReadCount = Reads,
                Temperature = Temperature,
                Gradient = new GradientDescription(GradientKind.Nudged) { Beta = 0.05 },
            }, [2, 0, 0]);
        run.OutputGradient = [.. run.OutputGradient.Select(x => 0.3 * x)];
        var exact = new LiteralExpectation(run, Temperature, symmetric: true, mask: null);
        run.Sampler = new InProportion(exact, Reads);
        run.Forward().Backward();
        double[] actual = [.. run.InputGradients[2]];

        // Of the value, through fields: w_f f enters E, and the loss is nearly linear beside it.
        run.Sampler = new InProportion(exact, Reads);
        double[] slopes = Slopes(run);
        var expected = new double[2 * H * D];
        double[] direct = Direct(run, exact);
        double[] probabilities = exact.Probabilities();
        double[] along = [.. LiteralExpectation.States.Select(s => Weights(s).Zip(slopes, (w, k) => w * k).Sum())];
        double mean = probabilities.Zip(along, (p, a) => p * a).Sum();
        double[] g = run.Layer.Parameters["EnergyToValue"].Value.ToArray();
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < 2; i++)
            {
                double covariance = probabilities.Select((p, k) =>
                    p * (along[k] - mean) * Weights(LiteralExpectation.States[k])[(h * N) + i]).Sum();
                double fieldGradient = direct[(h * N) + i] + (Layer.Descriptor.FieldWeight * covariance / Temperature);
                for (int d = 0; d < D; d++)
                {
                    expected[(((i * H) + h) * D) + d] = fieldGradient * g[d];
                }
            }
        }

        double scale = expected.Max(Math.Abs);
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.InRange(actual[k], expected[k] - (0.06 * scale), expected[k] + (0.06 * scale));
        }

        Assert.Contains(expected.Zip(actual), pair => Math.Abs(pair.First) > 0.3 * scale);
    }

    [Theory]
    [InlineData(PerturbationNoise.Gaussian, 1, 0.0, 1.0)]
    [InlineData(PerturbationNoise.Gumbel, 1, 0.5772, 1.6449)]
    [InlineData(PerturbationNoise.SumOfGamma, 1, 0.6264, 1.5498)] // H₁₀ − ln 10 and Σ 1/t²
    [InlineData(PerturbationNoise.SumOfGamma, 4, 0.1566, 0.3874)] // a quarter each: four add up to the one above
    public void Noise_has_its_mean_and_variance(PerturbationNoise noise, int count, double mean, double variance)
    {
        const int Draws = 200_000;
        var random = new RandomStream(4);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => Qama.Layers.Gradients.NoiseSource.Next(noise, count, ref random))];
        double average = values.Average();
        Assert.InRange(average, mean - 0.015, mean + 0.015);
        Assert.InRange(values.Average(v => (v - average) * (v - average)), variance * 0.97, variance * 1.03);
    }

    // The mean over reads of ∂L/∂s, [head, token], of two tokens.
    private static double[] Slopes(LayerRun<double> run)
    {
        var slopes = new double[H * N];
        for (int r = 0; r < run.Workspace.Samples.ReadCount; r++)
        {
            double[] s = Weights(run.Workspace.Samples.State(0, r).ToArray());
            for (int h = 0; h < H; h++)
            {
                for (int i = 0; i < 2; i++)
                {
                    slopes[(h * N) + i] -= Received(run, h, i) * Reward(run, s, h, i) / run.Workspace.Samples.ReadCount;
                    for (int j = 0; j < 2; j++)
                    {
                        slopes[(h * N) + j] -= Received(run, h, i) * s[(h * N) + i] * Coupling(run, h, i, j) / run.Workspace.Samples.ReadCount;
                    }
                }
            }
        }

        return slopes;
    }

    private static double[] Direct(LayerRun<double> run, LiteralExpectation exact)
    {
        double[] probabilities = exact.Probabilities(), direct = new double[H * N];
        for (int k = 0; k < probabilities.Length; k++)
        {
            double[] s = Weights(LiteralExpectation.States[k]);
            for (int h = 0; h < H; h++)
            {
                for (int i = 0; i < 2; i++)
                {
                    direct[(h * N) + i] -= probabilities[k] * s[(h * N) + i] * Received(run, h, i);
                }
            }
        }

        return direct;
    }

    private static double Received(LayerRun<double> run, int h, int i)
    {
        double[] g = run.Layer.Parameters["EnergyToValue"].Value.ToArray();
        return Enumerable.Range(0, D).Sum(d => run.OutputGradient[(((i * H) + h) * D) + d] * g[d]);
    }

    private static double Reward(LayerRun<double> run, double[] s, int h, int i)
    {
        double[] g = run.Layer.Parameters["EnergyToValue"].Value.ToArray();
        return Enumerable.Range(0, D).Sum(d => run.Inputs[2][(((i * H) + h) * D) + d] * g[d])
            + Enumerable.Range(0, 2).Sum(j => Coupling(run, h, i, j) * s[(h * N) + j]);
    }

    private static double Coupling(LayerRun<double> run, int h, int i, int j)
    {
        return i == j ? 0 : Enumerable.Range(0, D).Sum(d => (At(0, i, d) * At(1, j, d)) + (At(0, j, d) * At(1, i, d))) / (2 * Math.Sqrt(D));

        double At(int role, int token, int d) => run.Inputs[role][(((token * H) + h) * D) + d];
    }

    private static double[] Weights(byte[] state) =>
        [.. Enumerable.Range(0, H * N).Select(k => (state[2 * k] + (2 * state[(2 * k) + 1])) / 3.0)];

    // Abramowitz and Stegun 7.1.26 is not exact enough: the integral by its midpoints.
    private static double Normal(double x)
    {
        const int Steps = 4000;
        double sum = 0, width = (x + 9) / Steps;
        for (int k = 0; k < Steps; k++)
        {
            double t = -9 + ((k + 0.5) * width);
            sum += Math.Exp(-0.5 * t * t) * width;
        }

        return sum / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>Every variable on its own: 1 where that lowers the energy.</summary>
    private sealed class SignSampler : ISampler
    {
        public string Name => "signs";

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            var costs = new double[problems.VariableCount];
            for (int p = 0; p < problems.Count; p++)
            {
                Span<byte> state = result.State(p);
                state.Clear();
                problems.FlipCosts(p, state, costs);
                for (int v = 0; v < costs.Length; v++)
                {
                    state[v] = (byte)(costs[v] < 0 ? 1 : 0);
                }
            }

            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Every state of the first two tokens as often as it is probable.</summary>
    private sealed class InProportion(LiteralExpectation exact, int reads) : ISampler
    {
        public string Name => "in proportion";

        public bool SamplesAtTemperature => true;

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            double[] p = exact.Probabilities();
            (double cumulated, int next) = (0, 0);
            for (int k = 0; k < p.Length; k++)
            {
                cumulated += p[k];
                for (; next < Math.Round(cumulated * reads); next++)
                {
                    LiteralExpectation.States[k].CopyTo(result.State(0, next));
                }
            }

            return ValueTask.CompletedTask;
        }
    }
}
