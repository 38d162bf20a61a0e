namespace Qama.Generators.Tests.Reading;

using Qama.Generators.Contract;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

/// <summary>What compiler and runtime agree on.</summary>
public class ContractTests
{
    [Fact]
    public void Every_bound_on_sums_is_an_argument_of_the_attribute()
    {
        Assert.Equal(
            SparsityPart.Bounds.Select(kind => kind.ToString()).Order(),
            typeof(SparsityAttribute).GetProperties()
                .Where(p => Enum.IsDefined(typeof(ConstraintKind), p.Name)).Select(p => p.Name).Order());
    }

    [Theory]
    [InlineData((int)ConstraintKind.AtMost, (int)SlackKind.Binary, 5, 9)]
    [InlineData((int)ConstraintKind.AtMost, (int)SlackKind.Binary, 1, 0)]
    [InlineData((int)ConstraintKind.AtLeast, (int)SlackKind.Binary, 5, 0)]
    [InlineData((int)ConstraintKind.AtLeast, (int)SlackKind.Binary, 1, 1)]
    [InlineData((int)ConstraintKind.Exactly, (int)SlackKind.Unbalanced, 5, 9)]
    [InlineData((int)ConstraintKind.AtMost, (int)SlackKind.Unbalanced, 5, (0.037 * 9) + (0.96 * 3))]
    [InlineData((int)ConstraintKind.AtLeast, (int)SlackKind.Unbalanced, 5, (0.037 * 9) - (0.96 * 3))]
    public void A_sum_penalty_is_the_same_for_compiler_and_runtime(int kind, int slack, double sum, double expected)
    {
        SumPenaltyShape shape = SumPenaltyShape.Of((ConstraintKind)kind, (SlackKind)slack);
        double g = shape.Direction * (sum - 2);
        double beyond = Math.Max(g, shape.Floor);
        Assert.Equal(expected, (shape.Linear * g) + (shape.Square * beyond * beyond), 1e-12);
        var penalty = new Ising.SumPenalty((Qama.ConstraintKind)kind, 2, 4, (Qama.SlackKind)slack);
        Assert.Equal(4 * expected, penalty.Energy(sum), 1e-12);
    }

    [Fact]
    public void Exclusion_is_no_bound_on_sums() =>
        Assert.Throws<ArgumentException>(() => new Ising.SumPenalty(Qama.ConstraintKind.ExclusiveBits, 1, 1).Energy(0));
}
