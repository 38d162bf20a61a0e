using Qama.Layers;
using Xunit.Abstractions;

namespace Qama.Generators.Tests.Language;

/// <summary>A hard constraint whose weight is left out is kept by every minimiser of the energy.</summary>
public class ConstraintTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_minimiser_keeps_every_hard_constraint_and_half_the_weight_would_not_do()
    {
        int problems = 0, violatedAtHalf = 0;
        var ratios = new List<double>();
        foreach (DeclaredModel model in DeclaredModels.All.Where(m => HasComputedWeights(m.Declaration)))
        {
            var random = new Random(1000 + model.Declaration.Number);
            for (int repeat = 0; repeat < 8; repeat++)
            {
                RandomDeclaration declaration = model.Declaration;
                (float[] j, float[] f) = RandomCoefficients.Draw(declaration, random);
                AttentionProblemBatch batch = model.Batch(j, f, declaration.Tokens);
                double[] weights = model.Weights(batch);
                State[] states = Enumerate(declaration, j, f);
                if (!states.Any(s => s.IsFeasible))
                {
                    break; // heads that must not share tokens, and too few tokens
                }

                problems++;
                Assert.True(EveryMinimiserIsFeasible(states, weights), $"{string.Join(", ", weights)}\n{declaration}");
                violatedAtHalf += EveryMinimiserIsFeasible(states, Halved(declaration, weights)) ? 0 : 1;
                if (states[0].Violations.Length == 2 && declaration is { HasExclusion: false })
                {
                    double least = states.Where(s => s.IsFeasible).Min(s => s.Objective);
                    double needed = states.Where(s => !s.IsFeasible).Select(s => (least - s.Objective) / s.Violations[1]).DefaultIfEmpty(0).Max();
                    ratios.Add(Math.Max(0, needed) / weights[1]);
                }
            }
        }

        ratios.Sort();
        output.WriteLine($"{problems} problems; {violatedAtHalf} violated at half the weight; smallest sufficient over computed weight, "
            + $"{ratios.Count} single constraints: median {ratios[ratios.Count / 2]:F3}, 90 % {ratios[ratios.Count * 9 / 10]:F3}, largest {ratios[^1]:F4}");
        Assert.True(problems >= 1000, $"{problems} problems");
        Assert.True(violatedAtHalf > 0);
        Assert.InRange(ratios[^1], 0.5, 1);
    }

    private static bool HasComputedWeights(RandomDeclaration d) =>
        d.Bounds.All(b => b.Unbalanced || double.IsNaN(b.Weight)) && (!d.HardExclusion || double.IsNaN(d.ExclusionWeight))
        && (d.HardExclusion || d.Bounds.Any(b => !b.Unbalanced));

    private static double[] Halved(RandomDeclaration declaration, double[] weights) =>
    [
        declaration.HardExclusion ? weights[0] / 2 : weights[0],
        .. declaration.Bounds.Zip(weights.Skip(1), (b, w) => b.Unbalanced ? w : w / 2),
    ];

    private static State[] Enumerate(RandomDeclaration declaration, float[] couplings, float[] fields)
    {
        var formula = new Formula(declaration, couplings, fields, declaration.Tokens)
        {
            Weights = new double[1 + declaration.Bounds.Count],
        };
        return [.. Enumerable.Range(0, 1 << declaration.Variables).Select(code =>
        {
            double[] x = [.. Enumerable.Range(0, declaration.Variables).Select(i => (double)((code >> i) & 1))];
            return new State(formula.Energy(x), formula.Violations(x), formula.IsFeasible(x));
        })];
    }

    private static bool EveryMinimiserIsFeasible(State[] states, double[] weights)
    {
        double[] energies = [.. states.Select(s => s.Objective + s.Violations.Zip(weights, (v, w) => v * w).Sum())];
        double least = energies.Min();
        return states.Zip(energies).All(s => s.First.IsFeasible || s.Second > least + (1e-12 * (1 + Math.Abs(least))));
    }

    private readonly record struct State(double Objective, double[] Violations, bool IsFeasible);
}
