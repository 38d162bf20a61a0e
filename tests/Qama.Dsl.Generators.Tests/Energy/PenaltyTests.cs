namespace Qama.Generators.Tests.Energy;

using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

public class PenaltyTests
{
    private static readonly ExpressionPool _e = new(4);

    [Theory]
    [InlineData(TermScale.None, 1.0)]
    [InlineData(TermScale.MeanField, 0.7978845608028654 * 10 / 3)]
    [InlineData(TermScale.Pairs, 2.0 / 12)]
    public void Head_exclusion_scales_its_weight(TermScale scale, double factor)
    {
        Penalty penalty = Penalty.HeadExclusion(_e, 0.8, scale, heads: 4, tokens: 10);
        Assert.Equal(0.8 * factor, penalty.PairCoefficient.Value, 1e-12);
        Assert.Equal(PenaltyDomain.HeadPairsAtToken, penalty.Domain);
    }

    [Fact]
    public void Head_exclusion_on_bits_multiplies_bits()
    {
        Penalty penalty = Penalty.HeadExclusion(_e, _e.Constant(3), ExclusionTarget.Bits);
        Assert.Equal(PenaltyDomain.HeadPairsAtBit, penalty.Domain);
        Assert.Equal(3, penalty.PairCoefficient.Value);
    }

    [Theory]
    [InlineData((int)ConstraintKind.AtMost, 1.5, 0.0)]
    [InlineData((int)ConstraintKind.AtMost, 3.5, 2 * 1.0)]
    [InlineData((int)ConstraintKind.AtLeast, 1.5, 2 * 1.0)]
    [InlineData((int)ConstraintKind.AtLeast, 3.5, 0.0)]
    [InlineData((int)ConstraintKind.Exactly, 1.5, 2 * 1.0)]
    [InlineData((int)ConstraintKind.Exactly, 2.5, 0.0)]
    public void Sparsity_costs_the_squared_violation(int bound, double sum, double energy)
    {
        Penalty penalty = Penalty.Sparsity(_e, _e.Constant(2), (ConstraintKind)bound, 2.5, SlackKind.Binary, default);
        Assert.Equal(energy, new Evaluator((Symbol.SelectionSum, [sum])).Scalar(penalty.Energy), 1e-12);
    }

    [Theory]
    [InlineData((int)ConstraintKind.AtMost, 2.0, 1)]
    [InlineData((int)ConstraintKind.AtMost, 0.0, 1)]
    [InlineData((int)ConstraintKind.AtLeast, 3.0, 1)]
    [InlineData((int)ConstraintKind.AtLeast, 5.0, 1)]
    [InlineData((int)ConstraintKind.AtMost, 7.0 / 3, 2)]
    [InlineData((int)ConstraintKind.AtLeast, 4.0 / 3, 2)]
    [InlineData((int)ConstraintKind.AtMost, 11.0 / 7, 3)]
    public void The_best_slack_leaves_the_squared_violation(int bound, double count, int bits)
    {
        const int TokenCount = 5;
        SlackEncoding slack = SlackEncoding.For((ConstraintKind)bound, count, SlackKind.Binary, TokenCount, bits);
        Penalty penalty = Penalty.Sparsity(_e, _e.Constant(1.5), (ConstraintKind)bound, count, SlackKind.Binary, slack);
        double u = 1.0 / ((1 << bits) - 1);
        for (int steps = 0; steps <= TokenCount * ((1 << bits) - 1); steps++)
        {
            double[] sum = [steps * u];
            double best = Enumerable.Range(0, 1 << slack.BitCount)
                .Select(pattern => Enumerable.Range(0, slack.BitCount).Sum(b => ((pattern >> b) & 1) * slack.Coefficient(b)))
                .Min(z => new Evaluator((Symbol.SelectionSum, sum), (Symbol.Slack, [z * u])).Scalar(penalty.Quadratic));
            Assert.Equal(new Evaluator((Symbol.SelectionSum, sum)).Scalar(penalty.Energy), best, 1e-12);
        }
    }

    [Fact]
    public void Binary_slack_takes_every_value_of_its_range_and_no_other()
    {
        for (int range = 0; range <= 70; range++)
        {
            var slack = new SlackEncoding(range);
            var values = Enumerable.Range(0, 1 << slack.BitCount)
                .Select(pattern => Enumerable.Range(0, slack.BitCount).Sum(b => ((pattern >> b) & 1) * slack.Coefficient(b)))
                .ToHashSet();
            Assert.Equal(Enumerable.Range(0, range + 1).Select(v => (long)v), values.Order());
            Assert.True(range == 0 ? slack.BitCount == 0 : 1 << (slack.BitCount - 1) <= range);
        }
    }

    [Fact]
    public void Unbalanced_slack_is_the_published_parabola()
    {
        Penalty most = Penalty.Sparsity(_e, _e.Constant(2), ConstraintKind.AtMost, 3, SlackKind.Unbalanced, default);
        Penalty least = Penalty.Sparsity(_e, _e.Constant(2), ConstraintKind.AtLeast, 3, SlackKind.Unbalanced, default);
        for (double sum = 0; sum < 6; sum += 0.5)
        {
            var at = new Evaluator((Symbol.SelectionSum, [sum]));
            double g = 3 - sum;
            Assert.Equal(2 * ((-0.96 * g) + (0.037 * g * g)), at.Scalar(most.Energy), 1e-12);
            Assert.Equal(2 * ((0.96 * g) + (0.037 * g * g)), at.Scalar(least.Energy), 1e-12);
        }
    }

    [Fact]
    public void Long_range_tables_are_the_declared_kernels()
    {
        const int Reach = 4, Largest = 9;
        for (int d = 1; d <= Largest; d++)
        {
            double near = d < Reach ? 1 : 0, far = d >= Reach ? 1 : 0;
            double linear = d / (double)Largest, exponential = Math.Exp(-d / (double)Reach);
            Assert.Equal(0.5 * near, At(LongRangeForm.PenaliseNear, Decay.Constant, d), 1e-15);
            Assert.Equal(0.5 * near * (1 - linear), At(LongRangeForm.PenaliseNear, Decay.Linear, d), 1e-15);
            Assert.Equal(0.5 * near * exponential, At(LongRangeForm.PenaliseNear, Decay.Exponential, d), 1e-15);
            Assert.Equal(-0.5 * far, At(LongRangeForm.RewardFar, Decay.Constant, d), 1e-15);
            Assert.Equal(-0.5 * far * linear, At(LongRangeForm.RewardFar, Decay.Linear, d), 1e-15);
            Assert.Equal(-0.5 * far * (1 - exponential), At(LongRangeForm.RewardFar, Decay.Exponential, d), 1e-15);
        }

        static double At(LongRangeForm form, Decay decay, int d) =>
            new ScalarFunction(Penalty.LongRange(_e, 0.5, form, decay, Reach, Largest).PairCoefficient, [Symbol.Distance])
                .Evaluate(d);
    }

    [Fact]
    public void Curvature_is_a_parabola_of_the_weight() =>
        Assert.Equal(0.7 * 0.16, new Evaluator((Symbol.Selection, [0.4])).Scalar(Penalty.Curvature(_e, 0.7).Energy), 1e-15);
}
