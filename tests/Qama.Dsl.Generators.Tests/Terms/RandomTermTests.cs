using System.Collections.Concurrent;
using System.Globalization;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model.Terms;
using Qama.Generators.Tests.Terms.Grammar;

namespace Qama.Generators.Tests.Terms;

/// <summary>
/// Thousands of random terms, compiled. Of each: the kernel in single precision against the method called directly and in double
/// against its twin, within a bound of the rounding errors; the gradient against forward-mode numbers and against central
/// differences; proved bounds against sampled values.
/// </summary>
/// <remarks>The environment variable QAMA_RANDOM_TERMS sets how many.</remarks>
public class RandomTermTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Batch = 100, Scratch = 1 << 17;

    /// <summary>Kernel and method may each be off by the bound of first order; what it leaves out is far less.</summary>
    private const double Slack = 2;

    private static readonly int _count = int.Parse(
        Environment.GetEnvironmentVariable("QAMA_RANDOM_TERMS") ?? "800", CultureInfo.InvariantCulture);

    private readonly ConcurrentDictionary<string, long> _tally = new();
    private readonly ConcurrentQueue<string> _failures = new();

    [Fact]
    public void Kernels_gradients_and_bounds_of_random_terms_are_right()
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, (_count + Batch - 1) / Batch, options, batch => CheckBatch(batch * Batch, Math.Min(Batch, _count - batch * Batch)));
        foreach (KeyValuePair<string, long> line in _tally.OrderBy(t => t.Key))
        {
            output.WriteLine($"{line.Key}: {line.Value}");
        }

        Assert.True(_failures.IsEmpty, $"{_failures.Count} terms, such as\n{string.Join("\n\n", _failures.OrderBy(f => f.Length).Take(5))}");

        // Most of what was drawn must have been worth comparing.
        Assert.True(_tally["decided"] > 0.95 * _tally["pairs"]);
        Assert.True(_tally["sharp"] > 0.95 * _tally["decided"]);
        Assert.True(_tally["gradients"] > 0.9 * _tally["points"]);
        Assert.True(_tally["differences"] > 0.8 * _tally["points"]);
    }

    private void CheckBatch(int first, int count)
    {
        RandomTerm[] terms = [.. Enumerable.Range(first, count).Select(seed => new RandomTerm(seed))];
        (int All, int Present)[] tokens = [.. Enumerable.Range(0, count).Select(Tokens)];
        TermClass[] classes =
        [
            .. terms.Select((term, n) => new TermClass(
                $"R{first + n}", term.Body, Attributes(first + n), tokens[n].All, tokens[n].Present) { AlwaysTiles = n % 2 == 0 }),
        ];
        var single = new TermKernels<float>(classes, withGradients: false);
        var precise = new TermKernels<double>(classes, withGradients: true);
        for (int n = 0; n < count; n++)
        {
            if (terms[n].Root.HasFixedChoice)
            {
                continue;
            }

            Interval bounds = Bounds(precise.Plans[n]);
            for (int head = 0; head < TermClass.Heads; head++)
            {
                try
                {
                    CheckPoint(classes[n], terms[n].Root, single, precise, bounds, head, new Random(first + n + head));
                }
                catch (Xunit.Sdk.XunitException failure)
                {
                    _failures.Enqueue(failure.Message);
                }
            }
        }
    }

    /// <summary>What the compiler proves of J for inputs in [-1, 1].</summary>
    private static Interval Bounds(KernelPlan plan)
    {
        Dictionary<Symbol, Interval> ranges = new(ModelTerms.PositionsOf(plan.Specification).Ranges());
        foreach (Symbol input in plan.Learnables.Select(l => l.Symbol).Concat([Symbol.Query, Symbol.Key]))
        {
            ranges[input] = new Interval(-1, 1);
        }

        return new Intervals(ranges).Of(plan.CouplingDefinition);
    }

    /// <summary>Five tokens mostly; also tiles of two and four rows, more than one vector of lanes, more than one block of rows, and
    /// tokens that are absent.</summary>
    private static (int All, int Present) Tokens(int number) => number == 7 ? (70, 67) : number % 25 == 3 ? (19, 19) : (number % 10) switch
    {
        1 or 6 => (5, 4),
        2 or 3 => (4, 4),
        4 => (3, 3),
        8 => (2, 2),
        _ => (5, 5),
    };

    /// <summary>One of four has a gradient that need not be symmetric.</summary>
    private static string Attributes(int seed) => seed % 4 == 0 ? "[Readout(ReadoutKind.SelectedAttention)]" : "";

    private void CheckPoint(
        TermClass term, TermNode root, TermKernels<float> single, TermKernels<double> precise, Interval bounds, int head, Random random)
    {
        TermPoint<double> point = TermPoint<double>.Random(random, term.Tokens, term.Present), direction = TermPoint<double>.Random(random, term.Tokens, term.Present);
        var twin = new TermSample(root, point, direction, head);
        float[] ours = point.As<float>().Couplings(single.SimilarityOf(term.Name), head, Scratch);
        TermKernels<double>.Similarity similarity = precise.SimilarityOf(term.Name);
        double[] exact = point.Couplings(similarity, head, Scratch);
        Func<Vec, Vec, TokenPair, float, Vec, float> method = single.TermOf(term.Name);
        for (int i = 0; i < term.Present; i++)
        {
            for (int j = 0; j < term.Present; j++)
            {
                if (i != j)
                {
                    Count("pairs");
                    if (twin.IsDecided(i, j))
                    {
                        float direct = method(point.QueryOf(i), point.KeyOf(j), new TokenPair(i, j, head), (float)point.A[0], point.Weights);
                        CheckValues(term, twin[i, j], direct, ours[i * term.Stride + j], exact[i * term.Stride + j], bounds);
                    }
                }
            }
        }

        CheckGradient(term, twin, point, direction, precise.GradientOf(term.Name), similarity, head);
    }

    private void CheckValues(TermClass term, Tracked twin, float direct, float single, double precise, Interval bounds)
    {
        double bound = Slack * TermContext.Unit * twin.Error;
        Count("decided");
        _ = bound < 1e-3 * (1 + Math.Abs(twin.Value)) && Count("sharp");
        string Report(string what) =>
            $"{what}: {term.Name} {term.Body}\ntwin {twin.Value:R}, method {direct:R}, kernels {single:R} and {precise:R}, bound {bound:R}, in {bounds}";
        Assert.True(Math.Abs(precise - twin.Value) <= bound * 1e-6 + 1e-13, Report("double kernel"));
        Assert.True(Math.Abs(direct - twin.Value) <= bound, Report("method"));
        Assert.True(Math.Abs(single - twin.Value) <= bound, Report("kernel"));
        Assert.True(Math.Abs(single - direct) <= 2 * bound, Report("kernel against method"));
        double slack = 1e-12 * (1 + twin.Size);
        _ = bounds.IsBounded && Count("bounded");
        Assert.True(bounds.Low - slack <= twin.Value && twin.Value <= bounds.High + slack, Report("bounds"));
    }

    private void CheckGradient(
        TermClass term, TermSample twin, TermPoint<double> point, TermPoint<double> direction,
        TermKernels<double>.Gradient kernel, TermKernels<double>.Similarity similarity, int head)
    {
        Count("points");
        for (int i = 0; i < term.Present; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (!twin.IsSmooth(i, j) || !twin.IsSmooth(j, i))
                {
                    point.SetSeed(i, j, 0);
                }
            }
        }

        TermPoint<double> gradients = point.Gradients(kernel, head, Scratch);
        double slope = 0, scale = 1;
        foreach ((double[] gradient, double[] along) in gradients.Inputs.Zip(direction.Inputs))
        {
            slope += gradient.Zip(along, (g, d) => g * d).Sum();
            scale += gradient.Zip(along, (g, d) => Math.Abs(g * d)).Sum();
        }

        double expected = 0;
        for (int i = 0; i < term.Present; i++)
        {
            for (int j = 0; j < term.Present; j++)
            {
                double seed = point.Seed[i * term.Stride + j];
                expected += seed == 0 ? 0 : seed * twin[i, j].Slope;
                scale += seed == 0 ? 0 : Math.Abs(seed * twin[i, j].Slope);
            }
        }

        if (scale < 1e5)
        {
            Count("gradients");
            Assert.True(Math.Abs(slope - expected) <= 1e-9 * scale, $"gradient: {term.Name} {term.Body}\n{slope:R}, forward mode {expected:R}");
        }

        double At(double step)
        {
            TermPoint<double> moved = point.Plus(step, direction);
            return moved.Loss(moved.Couplings(similarity, head, Scratch));
        }

        const double H = TermContext.Step / 2;
        double near = (At(H) - At(-H)) / (2 * H), far = (At(2 * H) - At(-2 * H)) / (4 * H), difference = (4 * near - far) / 3;

        // Where the curvature is so strong that steps of these sizes disagree, they show nothing.
        if (Math.Abs(near - far) < 1e-6 * scale)
        {
            Count("differences");
            Assert.True(Math.Abs(slope - difference) <= 1e-5 * scale, $"gradient: {term.Name} {term.Body}\n{slope:R}, differences {difference:R}");
        }
    }

    private bool Count(string what) => _tally.AddOrUpdate(what, 1, (_, n) => n + 1) > 0;
}
