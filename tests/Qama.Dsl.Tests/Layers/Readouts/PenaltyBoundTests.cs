using FsCheck;
using FsCheck.Fluent;
using Qama.Contract;
using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests.Layers.Readouts;

public class PenaltyBoundTests
{
    /// <summary>Of a problem without couplings, whose bounds are found without a row for each token: the same bits as from rows.</summary>
    [Fact]
    public void Fields_alone_give_the_bounds_that_rows_give()
    {
        Gen<(int Heads, int Tokens, int Present, int Choices, int Kind, double Step, float[] Fields)> problems =
            from heads in Gen.Choose(1, 3)
            from tokens in Gen.Choose(1, 40)
            from present in Gen.Choose(0, tokens)
            from choices in Gen.Choose(1, tokens)
            from kind in Gen.Choose(0, 2)
            from step in Gen.Elements(1, 1 / 3.0)
            from fields in (from n in Gen.Choose(-1000, 1000) select n / 37f).ArrayOf(heads * Padding.Stride(tokens))
            select (heads, tokens, present, choices, kind, step, fields);
        Prop.ForAll(problems.ToArbitrary(), p =>
        {
            const double Weight = 0.7;
            var change = new Change((ChangeKind)p.Kind, p.Step, 3, 0.25, p.Choices);
            int stride = Padding.Stride(p.Tokens);
            var rows = new RowBound[p.Heads * p.Present];
            for (int h = 0; h < p.Heads; h++)
            {
                RowBounds.Write<float>(default, p.Fields.AsSpan(h * stride, p.Present), stride, false, rows.AsSpan(h * p.Present, p.Present));
            }

            double expected = PenaltyBound.Rise(new RowBounds(rows, p.Heads, p.Tokens, 1, Weight), change);
            Assert.Equal(expected, PenaltyBound.Rise(new RowBounds(p.Fields, stride, p.Present, p.Heads, p.Tokens, Weight), change));
        }).QuickCheckThrowOnFailure();
    }
}
