using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Xunit.Abstractions;

namespace Qama.Generators.Tests.Language;

/// <summary>Generated code has the energy that the declaration says, for random declarations over the whole language.</summary>
public class LanguageTests(ITestOutputHelper output)
{
    [Fact]
    public void The_declarations_combine_all_words_with_each_other()
    {
        string[] words = [.. DeclaredModels.All.SelectMany(m => m.Declaration.Words).Distinct().Order(StringComparer.Ordinal)];
        string[] families = ["Q", "Exclusion ", "Decay ", "Mask "];
        string[][] alternatives =
        [
            [.. Enum.GetNames<Similarity>()], [.. Enum.GetNames<Importance>()], ["Soft exclusion", "Hard exclusion"],
            ["Bit exclusion", "Weight exclusion"], ["PenaliseNear", "RewardFar"], ["Unbalanced AtMost", "Unbalanced AtLeast"],
            ["Hard AtMost", "Hard AtLeast", "Hard Exactly", "Weighted AtMost", "Weighted AtLeast", "Weighted Exactly"],
        ];
        var missing = new List<string>();
        foreach ((string a, string b) in words.SelectMany(a => words.Select(b => (a, b))).Where(p => string.CompareOrdinal(p.a, p.b) < 0))
        {
            bool exclusive = families.Any(f => a.StartsWith(f, StringComparison.Ordinal) && b.StartsWith(f, StringComparison.Ordinal))
                || alternatives.Any(f => f.Contains(a) && f.Contains(b));
            if (!exclusive && !DeclaredModels.All.Any(m => m.Declaration.Words.Contains(a) && m.Declaration.Words.Contains(b)))
            {
                missing.Add($"{a} with {b}");
            }
        }

        output.WriteLine($"{words.Length} words: {string.Join(", ", words)}");
        Assert.True(missing.Count == 0, string.Join("\n", missing));
        Assert.Contains(DeclaredModels.All, m => m.Declaration is { Heads: 1, Tokens: 1, Bits: 1 });
    }

    [Fact]
    public void The_assembled_qubo_at_its_best_slack_and_the_models_energy_are_the_literal_energy() => ForAll((model, random) =>
    {
        RandomDeclaration declaration = model.Declaration;
        (float[] j, float[] f) = RandomCoefficients.Draw(declaration, random);
        AttentionProblemBatch batch = model.Batch(j, f, declaration.Tokens);
        float[] assembled = declaration.KeepsDiagonal ? RandomCoefficients.Unsymmetric(declaration, j, random) : j;
        QuboMatrix qubo = model.Qubo(assembled, f);
        IsingProblem ising = model.Ising(assembled, f);
        QuboMatrix written = batch.ToQubo(0);
        var formula = new Formula(declaration, j, f, declaration.Tokens) { Weights = model.Weights(batch) };
        CheckGiven(declaration, formula.Weights);
        int n = declaration.Variables, slack = batch.SlackCount;
        for (int state = 0; state < 1 << n; state++)
        {
            byte[] x = Bits(state, n + slack);
            double expected = formula.Energy([.. x.Select(v => (double)v)]), best = double.PositiveInfinity;
            Same(expected, batch.Energy(0, x.AsSpan(0, n)), model, "the model's energy");
            for (int y = 0; y < 1 << slack; y++)
            {
                Bits(y, slack).CopyTo(x, n);
                double energy = qubo.Energy(x);
                Same(energy, ising.Energy([.. x.Select(v => (sbyte)((2 * v) - 1))]), model, "the Ising energy");
                Same(energy, written.Energy(x), model, "the batch's QUBO");
                best = Math.Min(best, energy);
            }

            Same(expected, best, model, "the QUBO at its best slack");
        }
    });

    [Fact]
    public void The_slope_is_that_of_the_literal_energy_at_real_points() => ForAll((model, random) =>
    {
        RandomDeclaration declaration = model.Declaration;
        (float[] j, float[] f) = RandomCoefficients.Draw(declaration, random);
        AttentionProblemBatch batch = model.Batch(j, f, random.Next(declaration.Tokens + 1));
        var formula = new Formula(declaration, j, f, batch.TokenCounts[0]) { Weights = model.Weights(batch) };
        float[] x = [.. Enumerable.Range(0, declaration.Variables).Select(_ => (random.NextSingle() * 1.5f) - 0.25f)];
        double[] exact = [.. x.Select(v => (double)v)];
        var slope = new float[x.Length];
        batch.Slope(0, x, slope);
        double scale = 1 + formula.Weights.Where(double.IsFinite).Sum(Math.Abs) + j.Concat(f).Sum(Math.Abs);
        for (int i = 0; i < x.Length; i++)
        {
            const double Step = 1e-5;
            double here = exact[i];
            exact[i] = here + Step;
            double above = formula.Energy(exact);
            exact[i] = here - Step;
            double difference = (above - formula.Energy(exact)) / (2 * Step);
            exact[i] = here;
            Assert.True(Math.Abs(difference - slope[i]) < 1e-4 * scale, $"∂E/∂x[{i}] = {difference}, generated {slope[i]}\n{declaration}");
        }
    });

    [Fact]
    public void Absent_tokens_are_never_selected_and_the_others_have_the_literal_energy() => ForAll((model, random) =>
    {
        RandomDeclaration declaration = model.Declaration;
        (float[] j, float[] f) = RandomCoefficients.Draw(declaration, random);
        AttentionProblemBatch batch = model.Batch(j, f, random.Next(declaration.Tokens));
        var formula = new Formula(declaration, j, f, batch.TokenCounts[0]) { Weights = model.Weights(batch) };
        int n = declaration.Variables;
        QuboMatrix qubo = batch.ToQubo(0);
        for (int state = 0; state < 1 << n; state++)
        {
            byte[] x = Bits(state, n + batch.SlackCount);
            double expected = formula.Energy([.. x.Select(v => (double)v)]);
            Same(expected, batch.Energy(0, x.AsSpan(0, n)), model, "the model's energy");
            double best = Enumerable.Range(0, 1 << batch.SlackCount).Min(y =>
            {
                Bits(y, batch.SlackCount).CopyTo(x, n);
                return qubo.Energy(x);
            });
            Same(expected, best, model, "the batch's QUBO");
        }

        foreach (SampleSet result in new[] { Sample(new ExactSampler(), batch, 1), Sample(new SimulatedAnnealingSampler { Sweeps = 20 }, batch, 3) })
        {
            for (int r = 0; r < result.ReadCount; r++)
            {
                Assert.All(Enumerable.Range(0, n).Where(v => !batch.IsPresent(0, v)), v => Assert.Equal(0, result.State(0, r)[v]));
            }
        }
    });

    [Fact]
    public void Annealing_reaches_the_minimum()
    {
        int reads = 0, hits = 0;
        ForAll((model, random) =>
        {
            (float[] j, float[] f) = RandomCoefficients.Draw(model.Declaration, random);
            AttentionProblemBatch batch = model.Batch(j, f, model.Declaration.Tokens);
            double least = Sample(new ExactSampler(), batch, 1).Energy(0);
            SampleSet result = Sample(new SimulatedAnnealingSampler { Sweeps = 1000 }, batch, 20);
            int hit = Enumerable.Range(0, 20).Count(r => result.Energy(0, r) <= least + (1e-5 * (1 + Math.Abs(least))));
            Assert.True(hit > 0, $"{result.Energy(0)} instead of {least}\n{model.Declaration}");
            Assert.True(result.Energy(0) > least - (1e-9 * (1 + Math.Abs(least))));
            reads += 20;
            hits += hit;
        });
        output.WriteLine($"{hits} of {reads} reads");
        Assert.InRange((double)hits / reads, 0.95, 1);
    }

    // Where a weight is given, the model has it.
    private static void CheckGiven(RandomDeclaration declaration, double[] weights)
    {
        double[] given = [declaration.HasExclusion ? declaration.ExclusionWeight : 0, .. declaration.Bounds.Select(b => b.Weight)];
        Assert.All(given.Zip(weights), w => Assert.True(double.IsNaN(w.First) || Math.Abs(w.First - w.Second) < 1e-12 * (1 + w.First)));
    }

    private static void Same(double expected, double actual, DeclaredModel model, string what) => Assert.True(
        Math.Abs(expected - actual) <= 1e-9 * (1 + Math.Abs(expected)), $"{what}: {actual} instead of {expected}\n{model.Declaration}");

    private static void ForAll(Action<DeclaredModel, Random> check) =>
        DeclaredModels.All.ToList().ForEach(model => check(model, new Random(model.Declaration.Number)));

    private static byte[] Bits(int code, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((code >> i) & 1))];

    private static SampleSet Sample(ISampler sampler, ProblemBatch batch, int reads)
    {
        var result = new SampleSet(1, reads, batch.VariableCount);
        Assert.True(sampler.SampleAsync(batch, result, new SamplingKey(5)).AsTask().IsCompletedSuccessfully);
        return result;
    }
}
