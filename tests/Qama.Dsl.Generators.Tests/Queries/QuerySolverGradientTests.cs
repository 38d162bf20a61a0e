using Qama.Generators.Tests.Layers;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Generators.Tests.Queries;

/// <summary>Estimators of gradients through the solver, of random declarations with a selection per query, against their definitions.</summary>
public class QuerySolverGradientTests
{
    private const double Lambda = 0.7, Beta = 0.4, Tolerance = 2e-6;
    private const int Samples = 3;

    private static readonly QueryOperator[] _declared = [.. Draw()];

    private static readonly Lazy<CompiledQueries<double>> _compiled = new(() => new CompiledQueries<double>([.. _declared.Select(o => o.Source())]));

    [Fact]
    public void Blackbox_is_the_difference_of_two_solutions_over_lambda() => Check(GradientKind.Blackbox, (run, literal, failures) =>
    {
        byte[][] others = OtherStates(run, 1)[0];
        RunSolves(run, literal, new RecordedSolves([[.. run.States.Select(s => s[0])], others], 1), failures, forward: 1);
        for (int p = 0; p < others.Length; p++)
        {
            literal.Add(p, 1 / Lambda, run.States[p][0]);
            literal.Add(p, -1 / Lambda, others[p]);
        }
    });

    [Fact]
    public void Perturbed_is_the_mean_difference_of_pairs_with_the_same_noise() => Check(GradientKind.Perturbed, (run, literal, failures) =>
    {
        byte[][][] others = OtherStates(run, Samples);
        byte[][][] forward = [.. Enumerable.Range(0, Samples).Select(m => run.States.Select(s => s[m]).ToArray())];
        RunSolves(run, literal, new RecordedSolves([.. forward, .. others], Samples), failures, Samples);
        for (int p = 0; p < run.States.Length; p++)
        {
            for (int m = 0; m < Samples; m++)
            {
                literal.Add(p, 1 / (Lambda * Samples), forward[m][p]);
                literal.Add(p, -1 / (Lambda * Samples), others[m][p]);
            }
        }
    });

    [Fact]
    public void Identity_is_the_derivative_along_the_projected_slope() => Check(GradientKind.Identity, (run, literal, _) =>
    {
        run.Forward();
        for (int p = 0; p < run.States.Length; p++)
        {
            int present = run.CandidatesOf(p);
            double[][] slopes = literal.Slopes(p, 0), s = literal.Weights(run.States[p][0]);
            if (run.Declared.Exactly > 0)
            {
                slopes = [.. slopes.Select(row => row.Select((g, t) => t < present ? g - (row.Sum() / present) : 0).ToArray())];
            }

            const double Step = 0.5; // any: −E is quadratic
            literal.Add(p, 0.5 / Step, Moved(Step));
            literal.Add(p, -0.5 / Step, Moved(-Step));

            double[][] Moved(double step) => [.. s.Zip(slopes, (x, g) => x.Zip(g, (a, d) => a + (step * d)).ToArray())];
        }
    });

    [Fact]
    public void Nudged_is_the_difference_of_two_descents_over_two_beta() => Check(GradientKind.Nudged, (run, literal, _) =>
    {
        run.Forward();
        for (int p = 0; p < run.States.Length; p++)
        {
            double?[] costs = literal.Costs(p, literal.Slopes(p, 0));
            literal.Add(p, 0.5 / Beta, LiteralDescent.Run(run.Workspace.Problems, p, run.States[p][0], costs, -Beta));
            literal.Add(p, -0.5 / Beta, LiteralDescent.Run(run.Workspace.Problems, p, run.States[p][0], costs, Beta));
        }
    });

    [Fact]
    public void Covariance_is_that_of_a_problems_reads_with_the_outputs_of_its_queries() => Check(GradientKind.Covariance, (run, literal, _) =>
    {
        run.Forward();
        QueryOperator o = run.Declared;
        int width = o.OutputDim, reads = o.Reads;
        double[][] outputs = [.. Enumerable.Range(0, reads).Select(r =>
            run.Literal.Forward(run.Input, [.. run.States.Select(s => new[] { s[r] })], run.QueryCounts, run.KeyCounts))];
        for (int p = 0; p < run.States.Length; p++)
        {
            int[] numbers = [.. Enumerable.Range(0, o.Tokens).Where(i => i / o.QueryBlock == p % o.Problems)
                .SelectMany(i => Enumerable.Range(((p / o.Problems * o.Tokens) + i) * width, width))];
            double[] losses = [.. outputs.Select(y => numbers.Sum(k => y[k] * run.OutputGradient[k]))];
            for (int r = 0; r < reads; r++)
            {
                literal.Add(p, (losses[r] - losses.Average()) / (reads - 1) / o.Temperature, run.States[p][r]);
            }
        }
    });

    [Fact]
    public void Splitting_a_batch_or_using_other_threads_changes_no_bit()
    {
        QueryOperator[] sample = [.. _declared.Where(o => !o.HasBatchStatistics && o.KeyTokens == 0)];
        Assert.True(sample.Select(o => o.Gradient).Distinct().Count() == 5);
        foreach (QueryOperator declared in sample)
        {
            QuboAttentionLayer<double> layer = _compiled.Value.Create(declared.Name, 5);
            var random = new Random(3);
            double[] input = [.. Enumerable.Range(0, 4 * declared.Tokens * declared.Width).Select(_ => (2 * random.NextDouble()) - 1)];
            (double[] output, double[] gradient, double[][] parameters) = Run(layer, input, 4, threads: 1);
            (double[] threaded, double[] threadedGradient, double[][] threadedParameters) = Run(layer, input, 4, threads: 3);
            Assert.Equal(output, threaded);
            Assert.Equal(gradient, threadedGradient);
            Assert.Equal(parameters, threadedParameters);

            int half = input.Length / 2;
            (double[] first, double[] firstGradient, _) = Run(layer, input[..half], 2, threads: 1);
            (double[] second, double[] secondGradient, _) = Run(layer, input[half..], 2, threads: 1, firstSample: 2);
            Assert.Equal(output, first.Concat(second));
            Assert.Equal(gradient, firstGradient.Concat(secondGradient));
        }
    }

    private static (double[] Output, double[] Gradient, double[][] Parameters) Run(
        QuboAttentionLayer<double> layer, double[] input, int batch, int threads, int firstSample = 0)
    {
        LayerWorkspace<double> workspace = layer.CreateWorkspace(batch, threads);
        workspace.Key = workspace.Key with { FirstSample = firstSample };
        var output = new double[batch * layer.Model.Tokens * layer.Model.OutputDim];
        var gradient = new double[input.Length];
        var sampler = new SimulatedAnnealingSampler { Sweeps = 5, Threads = threads };
        layer.Parameters.ZeroGradients();
        layer.Forward(input, output, workspace, sampler);
        layer.Backward([.. output.Select((_, k) => Math.Sin(k % (output.Length / batch)))], gradient, workspace);
        return (output, gradient, [.. layer.Parameters.Select(p => p.Gradient.ToArray())]);
    }

    private static void Check(GradientKind kind, Action<QueryCase, LiteralQueryEstimator, Failures> prepare)
    {
        Failures failures = new();
        int count = 0;
        foreach (QueryOperator declared in _declared.Where(o => o.Gradient == kind))
        {
            var run = new QueryCase(declared, _compiled.Value.Create(declared.Name));
            var literal = new LiteralQueryEstimator(run);
            prepare(run, literal, failures);
            count++;
            double[][] gradients = run.Backward();
            double loss = Math.Abs(literal.Value());
            var random = new Random(2);
            for (int t = 0; t < gradients.Length; t++)
            {
                double[] direction = [.. gradients[t].Select(_ => (2 * random.NextDouble()) - 1)];
                double expected = CentralDifferences.Along(direction, run.Tensor(t), literal.Value);
                double actual = gradients[t].Zip(direction, (g, d) => g * d).Sum();
                double scale = gradients[t].Select(Math.Abs).DefaultIfEmpty().Max() * direction.Sum(Math.Abs);
                failures.Compare(
                    declared, "gradient of " + run.Names[t], [expected], [actual], Tolerance, Math.Max(scale, 1e-2 * (1 + loss)));
            }
        }

        failures.Check();
        Assert.True(count >= 7, $"only {count} declarations");
    }

    // Backward's problems are the forward pass's, with λ ∂L/∂s off every reward; afterwards they are the pass's own again.
    private static void RunSolves(
        QueryCase run, LiteralQueryEstimator literal, RecordedSolves solves, Failures failures, int forward)
    {
        run.Forward(solves);
        run.Backward();
        double[][] own = RecordedSolves.RewardsOf(run.Workspace.Problems);
        for (int p = 0; p < run.States.Length; p++)
        {
            if (forward == 1)
            {
                failures.Compare(run.Declared, "rewards afterwards", solves.Rewards[0][p], own[p], 0);
            }

            for (int m = 0; m < forward; m++)
            {
                double[] expected = [.. literal.Costs(p, literal.Slopes(p, m)).Select(c => Lambda * (c ?? 0))];
                double[] shift = [.. solves.Rewards[m][p].Zip(solves.Rewards[forward + m][p], (before, after) => before - after)];
                double scale = solves.Rewards[m][p].Select(Math.Abs).DefaultIfEmpty().Max();
                failures.Compare(run.Declared, $"shifts of problem {p}", expected, shift, 1e-5, scale + 1e-3);
            }
        }

        // Random numbers of their own, the same ones when the pass is repeated.
        SamplingKey[] keys = [.. solves.Keys];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        run.Backward();
        Assert.Equal(keys[forward..], solves.Keys.Skip(keys.Length));
    }

    // Further states [solve][problem], some of them the forward pass's.
    private static byte[][][] OtherStates(QueryCase run, int solves)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, solves).Select(m => run.States.Select((reads, p) =>
            random.Next(4) == 0 ? reads[m] : run.RandomState(random, run.CandidatesOf(p))).ToArray())];
    }

    private static IEnumerable<QueryOperator> Draw()
    {
        QueryOperator[] bases = [.. QueryOperators.All.Where(o => o.Readout is ReadoutKind.LocalEnergy or ReadoutKind.SelectedAttention
            && !(o.NormalizesOutput && o.Readout == ReadoutKind.SelectedAttention))]; // a jump behind a norm is no difference of one row
        GradientKind[] kinds = [.. Enum.GetValues<GradientKind>().Where(k => k != GradientKind.Energy)];
        for (int n = 0; n < bases.Length; n++)
        {
            GradientKind kind = kinds[n % kinds.Length];
            bool projects = kind == GradientKind.Identity && bases[n].Mask is MaskPattern.All && bases[n].Units > 1;
            yield return bases[n] with
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
                NormalizesOutput = bases[n].NormalizesOutput && kind != GradientKind.Covariance, // the slope is the one before the norm
                Exactly = projects ? 1 : 0,
            };
        }
    }
}
