using Xunit.Abstractions;

namespace Qama.Generators.Tests.Energy;

using Qama.Generators.Contract;
using Qama.Generators.Model;
using Qama.Generators.Tests.Reading;
using Qama.Generators.Vocabulary;

/// <summary>
/// Proved and computed penalty weights against enumeration: the energy of every selection of random small problems, written out
/// literally in <see cref="SmallProblem"/>.
/// </summary>
public class PenaltyBoundTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_minimiser_satisfies_every_constraint_above_the_bounds()
    {
        int problems = CheckAll(Enumerable.Range(0, 1600).Select(seed => SmallProblem.Random(seed)), out int violatedAtHalf);
        output.WriteLine($"{problems} problems; at half the computed weight {violatedAtHalf} have an infeasible minimiser.");
        Assert.True(problems >= 1000);
        Assert.True(violatedAtHalf > problems / 10);
    }

    [Fact]
    public void Heads_that_must_share_out_the_tokens_do_so_above_the_bounds()
    {
        int problems = CheckAll(Enumerable.Range(20_000, 400).Select(s => SmallProblem.Random(s, exchange: true)), out int violatedAtHalf);
        output.WriteLine($"{problems} problems; at half the computed weight {violatedAtHalf} have an infeasible minimiser.");
        Assert.Equal(400, problems);
        Assert.True(violatedAtHalf > 0);
    }

    private static int CheckAll(IEnumerable<SmallProblem> problems, out int violatedAtHalf)
    {
        int count = 0;
        violatedAtHalf = 0;
        foreach (SmallProblem problem in problems.Where(p => p.Constraints.Length > 0 && p.IsFeasible))
        {
            count++;
            double[] computed = [.. problem.Constraints.Select(c => problem.Computed(c))];
            double[] proved = [.. problem.Constraints.Select(c => c.Sufficient.Proved(problem.CouplingRange, problem.FieldRange)!.Value)];
            Assert.All(computed.Zip(proved), w => Assert.True(w.First <= w.Second * (1 + 1e-9), $"{problem}: {w}"));
            Assert.True(problem.EveryMinimiserIsFeasible([.. computed.Select(PenaltyMargin.Above)]), $"{problem}, computed");
            Assert.True(problem.EveryMinimiserIsFeasible([.. proved.Select(PenaltyMargin.Above)]), $"{problem}, proved");

            // A bound does not depend on what the other constraints weigh.
            for (int c = 0; c < computed.Length; c++)
            {
                double[] alone = [.. computed.Select((w, i) => i == c ? PenaltyMargin.Above(w) : 1e-3)];
                Assert.True(problem.EveryMinimiserSatisfies(c, alone), $"{problem}, constraint {c} alone");
            }

            violatedAtHalf += problem.EveryMinimiserIsFeasible([.. computed.Select(w => w / 2)]) ? 0 : 1;
        }

        return count;
    }

    [Fact]
    public void Single_constraints_report_how_far_the_bound_is_from_the_smallest_weight()
    {
        var ratios = new SortedDictionary<string, List<(double Ratio, double Smallest)>>();
        for (int seed = 10_000; seed < 11_500; seed++)
        {
            SmallProblem problem = SmallProblem.Random(seed);
            if (problem.Constraints.Length != 1 || !problem.IsFeasible)
            {
                continue;
            }

            double smallest = problem.SmallestSufficientWeight();
            double bound = problem.Computed(problem.Constraints[0]);
            Assert.True(smallest <= bound * (1 + 1e-9) + 1e-12, $"seed {seed}: {smallest} > {bound} for {problem}");
            if (smallest > 1e-9)
            {
                // The smallest weight is what it says: half of it does not suffice.
                Assert.False(problem.EveryMinimiserIsFeasible([smallest / 2]));
                string kind = problem.Constraints[0].Constraint is { IsExclusion: false } c ? c.Kind.ToString() : "Exclusion";
                ratios[kind] = [.. ratios.GetValueOrDefault(kind, []), (bound / smallest, smallest)];
            }
        }

        foreach ((string kind, List<(double Ratio, double Smallest)> values) in ratios)
        {
            values.Sort();
            output.WriteLine(
                $"{kind}: {values.Count} problems, bound / smallest sufficient weight: least {values[0].Ratio:G3}, "
                + $"median {values[values.Count / 2].Ratio:G3}, largest {values[^1].Ratio:G3}; smallest sufficient weight: "
                + $"median {values.Select(v => v.Smallest).Order().ElementAt(values.Count / 2):G3}, at the largest ratio {values[^1].Smallest:G3}");
        }

        Assert.Equal(4, ratios.Count);
    }

    [Fact]
    public void Any_positive_weight_suffices_when_the_objective_is_zero()
    {
        ModelSpecification model = Declare.Resolve(
            0, Declare.Attribute("Coupling", ("Similarity", 1)), Declare.Attribute("Sparsity", ("AtMost", 2)));
        ModelConstraint constraint = Assert.Single(ModelConstraints.Of(model));
        double bound = new SmallProblem(model, new double[2 * 6 * 6], new double[2 * 6]).Computed(constraint);
        Assert.Equal(0, bound);
        Assert.True(PenaltyMargin.Above(bound) > 0);
    }

    [Fact]
    public void Bounded_coefficients_prove_the_weight_and_unbounded_ones_do_not()
    {
        DeclaredAttribute most = Declare.Attribute("Sparsity", ("AtMost", 2));
        ModelConstraint cosine = Assert.Single(ModelConstraints.Of(
            Declare.Resolve(0, Declare.Attribute("Coupling", ("Similarity", (int)Similarity.Cosine)), most)));

        // Lowering one of at most k others: 2 w_J k.
        Assert.Equal(4, cosine.Proved!.Value, 1e-9);
        Assert.True(cosine.Weight > 4);

        ModelConstraint dot = Assert.Single(ModelConstraints.Of(Declare.Resolve(0, most)));
        Assert.Null(dot.Proved);
        Assert.Null(dot.Weight);

        ModelConstraint batch = Assert.Single(ModelConstraints.Of(Declare.Resolve(1, most)));
        Assert.Null(batch.Proved);
    }

    [Fact]
    public void A_range_that_ends_at_zero_proves_one_direction()
    {
        // No pair is ever rewarded, so nothing resists an upper bound; everything resists a lower one.
        DeclaredAttribute distance = Declare.Attribute("Coupling", ("Similarity", (int)Similarity.NegativeSquaredDistance));
        Assert.Equal(0, ModelConstraints.Of(Declare.Resolve(0, distance, Declare.Attribute("Sparsity", ("AtMost", 2))))[0].Proved);
        Assert.Null(ModelConstraints.Of(Declare.Resolve(0, distance, Declare.Attribute("Sparsity", ("AtLeast", 2))))[0].Proved);
    }

    [Fact]
    public void Declared_weights_are_kept_and_soft_terms_have_no_bound()
    {
        ModelConstraint declared = Assert.Single(ModelConstraints.Of(Declare.Resolve(
            0, Declare.Attribute("Sparsity", ("Exactly", 2), ("Weight", 7)),
            Declare.Attribute("Sparsity", ("AtMost", 2), ("Weight", 1), ("Slack", 1)),
            Declare.Attribute("HeadExclusion", ("Weight", 1)))));
        Assert.Equal(7, declared.Weight);
        Assert.Equal(2, declared.Origin.Ordinal);
    }

    [Fact]
    public void Models_out_of_range_have_no_constraints_and_do_not_throw()
    {
        DeclaredAttribute most = Declare.Attribute("Sparsity", ("AtMost", 2));
        Assert.Empty(ModelConstraints.Of(ModelSpecification.Resolve(Declare.Model(most))));
        Assert.Empty(ModelConstraints.Of(Declare.Resolve(0, most, Declare.Attribute("SoftSelection", ("Bits", 0)))));
        Assert.Empty(ModelConstraints.Of(Declare.Resolve(0, most, Declare.Attribute("Coupling", ("Similarity", 99)))));
        Assert.Empty(ModelConstraints.Of(Declare.Resolve(0, most, Declare.Attribute("HeadExclusion", ("Weight", 1), ("Scale", 1)))));
        Assert.Empty(ModelConstraints.Of(Declare.Resolve(0, Declare.Attribute("Sparsity", ("AtMost", double.NaN)))));
    }
}
