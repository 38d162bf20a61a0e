using Qama.Layers;
using Qama.Problems;

namespace Qama.Generators.Tests.Layers;

/// <summary>Estimators of gradients through the solver, of random declarations, against their definitions.</summary>
public class SolverGradientTests
{
    private const double Lambda = 0.7, Beta = 0.4, Tolerance = 2e-6;
    private const int Samples = 3;

    private static readonly Operator[] _declared = [.. Draw()];

    private static readonly Lazy<CompiledOperators<double>> _compiled = new(() => new CompiledOperators<double>(_declared));

    [Fact]
    public void Blackbox_is_the_difference_of_two_solutions_over_lambda() => Check(GradientKind.Blackbox, (run, literal, failures) =>
    {
        byte[][] others = OtherStates(run, 1)[0];
        var solves = new RecordedSolves([[.. run.States.Select(s => s[0])], others], 1);
        RunSolves(run, literal, solves, failures, forward: 1);
        for (int b = 0; b < run.Batch; b++)
        {
            literal.Add(b, 1 / Lambda, run.States[b][0]);
            literal.Add(b, -1 / Lambda, others[b]);
        }
    });

    [Fact]
    public void Perturbed_is_the_mean_difference_of_pairs_with_the_same_noise() => Check(GradientKind.Perturbed, (run, literal, failures) =>
    {
        byte[][][] others = OtherStates(run, Samples);
        byte[][][] forward = [.. Enumerable.Range(0, Samples).Select(m => run.States.Select(s => s[m]).ToArray())];
        RunSolves(run, literal, new RecordedSolves([.. forward, .. others], Samples), failures, Samples);
        for (int b = 0; b < run.Batch; b++)
        {
            for (int m = 0; m < Samples; m++)
            {
                literal.Add(b, 1 / (Lambda * Samples), forward[m][b]);
                literal.Add(b, -1 / (Lambda * Samples), others[m][b]);
            }
        }
    });

    [Fact]
    public void Identity_is_the_derivative_along_the_projected_slope() => Check(GradientKind.Identity, (run, literal, _) =>
    {
        run.Forward();
        for (int b = 0; b < run.Batch; b++)
        {
            double[][] slopes = literal.Slopes(b, 0), s = Weights(run, run.States[b][0]);
            if (run.Declared.Penalties.Contains("Exactly", StringComparison.Ordinal) && run.TokenCounts[b] > 0)
            {
                slopes = [.. slopes.Select(row => row.Select((g, i) => i < run.TokenCounts[b] ? g - (row.Sum() / run.TokenCounts[b]) : 0).ToArray())];
            }

            const double Step = 0.5; // any: −E is quadratic
            literal.Add(b, 0.5 / Step, Moved(Step));
            literal.Add(b, -0.5 / Step, Moved(-Step));

            double[][] Moved(double step) => [.. s.Zip(slopes, (x, g) => x.Zip(g, (a, d) => a + (step * d)).ToArray())];
        }
    });

    [Fact]
    public void Nudged_is_the_difference_of_two_descents_over_two_beta() => Check(GradientKind.Nudged, (run, literal, _) =>
    {
        run.Forward();
        for (int b = 0; b < run.Batch; b++)
        {
            double[][] slopes = literal.Slopes(b, 0);
            literal.Add(b, 0.5 / Beta, LiteralDescent.Run(run.Workspace.Problems, b, run.States[b][0], Costs(run, b, slopes), -Beta));
            literal.Add(b, -0.5 / Beta, LiteralDescent.Run(run.Workspace.Problems, b, run.States[b][0], Costs(run, b, slopes), Beta));
        }
    });

    [Fact]
    public void Covariance_of_any_readout_is_that_of_its_reads() => Check(GradientKind.Covariance, (run, literal, _) =>
    {
        run.Forward();
        int reads = run.Declared.Reads, length = run.OutputGradient.Length / run.Batch;
        if (run.Declared.NormalizesOutput)
        {
            return; // G is the slope before the norm: the operators with one are compared with central differences elsewhere
        }

        for (int b = 0; b < run.Batch; b++)
        {
            double[] losses = [.. Enumerable.Range(0, reads).Select(r =>
            {
                double[] output = run.Literal.Forward(run.Input, [.. run.States.Select(s => new[] { s[r] })], run.TokenCounts);
                return Enumerable.Range(b * length, length).Sum(k => output[k] * run.OutputGradient[k]);
            })];
            for (int r = 0; r < reads; r++)
            {
                literal.Add(b, (losses[r] - losses.Average()) / (reads - 1) / run.Declared.Temperature, run.States[b][r]);
            }
        }
    });

    [Fact]
    public void Single_precision_gives_the_gradients_of_double()
    {
        Failures failures = new();
        Operator[] sample = [.. _declared.Where(o => o.Gradient is GradientKind.Identity or GradientKind.Blackbox
            && o.Importance != Importance.ValueEntropy && !o.HasBatchStatistics)];
        Assert.True(sample.Length > 5);
        var compiled = new CompiledOperators<float>(sample);
        foreach (Operator declared in sample)
        {
            var precise = new LayerCase<double>(declared, _compiled.Value);
            var single = new LayerCase<float>(declared, compiled);
            double[][] expected = Run(precise).Backward();
            float[][] actual = Run(single).Backward();
            double scale = expected.SelectMany(g => g).Select(Math.Abs).Max();
            for (int t = 0; t < expected.Length; t++)
            {
                failures.Compare(
                    declared, "gradient of " + precise.Names[t], expected[t], [.. actual[t].Select(g => (double)g)], 1e-3, 1e-2 * scale);
            }
        }

        failures.Check();

        static LayerCase<T> Run<T>(LayerCase<T> run)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            byte[][] forward = [.. run.States.Select(s => s[0])];
            byte[][] other = [.. forward.Select(s => s.Select((x, v) => (byte)(v % 3 == 0 ? 0 : x)).ToArray())];
            run.Sampler = new RecordedSolves([forward, other], 1);
            run.Forward();
            return run;
        }
    }

    private static void Check(GradientKind kind, Action<LayerCase<double>, LiteralEstimator, Failures> prepare)
    {
        Failures failures = new();
        int count = 0;
        foreach (Operator declared in _declared.Where(o => o.Gradient == kind))
        {
            if (kind == GradientKind.Covariance && declared.NormalizesOutput)
            {
                continue;
            }

            var run = new LayerCase<double>(declared, _compiled.Value);
            var literal = new LiteralEstimator(run);
            prepare(run, literal, failures);
            count++;
            double[][] gradients = run.Backward();
            double loss = Math.Abs(literal.Value());
            var random = new Random(2);
            for (int t = 0; t < gradients.Length; t++)
            {
                double[] direction = [.. gradients[t].Select(_ => 2 * random.NextDouble() - 1)];
                double expected = CentralDifferences.Along(direction, run.Tensor(t), literal.Value);
                double actual = gradients[t].Zip(direction, (g, d) => g * d).Sum();
                double scale = gradients[t].Select(Math.Abs).DefaultIfEmpty().Max() * direction.Sum(Math.Abs);
                failures.Compare(
                    declared, "gradient of " + run.Names[t], [expected], [actual], Tolerance, Math.Max(scale, 1e-2 * (1 + loss)));
            }
        }

        failures.Check();
        Assert.True(count >= 15, $"only {count} declarations");
    }

    // Backward's problems are the forward pass's, with fields less λ ∂L/∂s; afterwards they are the pass's own again.
    private static void RunSolves(
        LayerCase<double> run, LiteralEstimator literal, RecordedSolves solves, Failures failures, int forward)
    {
        run.Sampler = solves;
        run.Forward();
        run.Backward();
        run.Sampler = null;
        double[][] own = RecordedSolves.RewardsOf(run.Workspace.Problems);
        for (int b = 0; b < run.Batch; b++)
        {
            if (forward == 1)
            {
                failures.Compare(run.Declared, "rewards afterwards", solves.Rewards[0][b], own[b], 0);
            }

            for (int m = 0; m < forward; m++)
            {
                double[] slopes = [.. literal.Slopes(b, m).SelectMany(row => row)];
                double[] shift = [.. solves.Rewards[m][b].Zip(solves.Rewards[forward + m][b], (before, after) => before - after)];
                double unit = Math.Pow(2, run.Declared.Bits) - 1;
                double[] expected = [.. shift.Select((_, v) =>
                    Lambda * slopes[v / run.Declared.Bits] * (1 << (v % run.Declared.Bits)) / unit)];
                double scale = solves.Rewards[m][b].Select(Math.Abs).DefaultIfEmpty().Max();
                failures.Compare(run.Declared, "shifts", expected, shift, 1e-5, scale + 1e-3);
            }
        }

        // Random numbers of their own, the same ones when the pass is repeated.
        SamplingKey[] keys = [.. solves.Keys];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        run.Backward();
        Assert.Equal(keys[forward..], solves.Keys.Skip(keys.Length));
    }

    // Of every bit; none for absent tokens.
    private static double?[] Costs(LayerCase<double> run, int sample, double[][] slopes)
    {
        Operator o = run.Declared;
        return [.. Enumerable.Range(0, run.States[sample][0].Length).Select(v => v / o.Bits % o.Tokens >= run.TokenCounts[sample]
            ? (double?)null
            : slopes[v / o.Bits / o.Tokens][v / o.Bits % o.Tokens] * (1 << (v % o.Bits)) / (Math.Pow(2, o.Bits) - 1))];
    }

    private static double[][] Weights(LayerCase<double> run, byte[] state)
    {
        Operator o = run.Declared;
        double unit = Math.Pow(2, o.Bits) - 1;
        return [.. Enumerable.Range(0, o.Heads).Select(h => Enumerable.Range(0, o.Tokens).Select(i =>
            Enumerable.Range(0, o.Bits).Sum(b => state[((h * o.Tokens) + i) * o.Bits + b] << b) / unit).ToArray())];
    }

    // Further states [solve][sample], some of them the forward pass's.
    private static byte[][][] OtherStates(LayerCase<double> run, int solves)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, solves).Select(m => run.States.Select((reads, b) =>
        {
            byte[] state = [.. reads[m]];
            for (int v = 0; v < state.Length && random.Next(4) > 0; v++)
            {
                bool present = v / run.Declared.Bits % run.Declared.Tokens < run.TokenCounts[b];
                state[v] = (byte)(present ? random.Next(2) : 0);
            }

            return state;
        }).ToArray())];
    }

    private static IEnumerable<Operator> Draw()
    {
        Operator[] small = [.. Operators.All.Where(o => o.Tokens <= 8 && !o.AveragesReads
            && !(o.Readout == ReadoutKind.SelectedAttention && o.NormalizesOutput))]; // a jump behind a norm is no difference of one row
        GradientKind[] kinds = [.. Enum.GetValues<GradientKind>().Where(k => k != GradientKind.Energy)];
        for (int n = 0; n < small.Length; n++)
        {
            GradientKind kind = kinds[n % kinds.Length];
            bool factored = n % 3 == 0 && !small[n].FirstVersion && small[n].Columns == 0
                && small[n].Similarity is Similarity.ScaledDotProduct or Similarity.NegativeSquaredDistance
                && (small[n].Readout != ReadoutKind.SelectedAttention || small[n].Similarity == Similarity.ScaledDotProduct)
                && !(small[n].NormalizesCouplings && small[n].Mask is MaskPattern.Window or MaskPattern.Block);
            yield return small[n] with
            {
                Name = $"{kind}{n}",
                Gradient = kind,
                GradientNumbers = kind switch
                {
                    GradientKind.Blackbox => $", Lambda = {Lambda}",
                    GradientKind.Perturbed => $", Lambda = {Lambda}, Samples = {Samples}, Sigma = 0.6",
                    GradientKind.Nudged => $", Beta = {Beta}",
                    _ => "",
                },
                Reads = kind == GradientKind.Covariance ? 4 : kind == GradientKind.Perturbed ? Samples : 1,
                HasTemperature = kind == GradientKind.Covariance,
                IsFactored = factored,
                Penalties = kind == GradientKind.Identity && n % 2 == 0 && small[n].Tokens > 2 ? "[Sparsity(Exactly = 2)]"
                    : small[n].Penalties.Contains("Sparsity", StringComparison.Ordinal) ? "" : small[n].Penalties,
            };
        }
    }
}
