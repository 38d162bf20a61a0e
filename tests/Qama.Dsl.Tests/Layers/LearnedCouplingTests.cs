using FsCheck;
using FsCheck.Fluent;
using Qama.Layers;
using Qama.Numerics.Matrices;

namespace Qama.Tests.Layers;

/// <summary>The learned numbers as a table, and the table's gradient as theirs.</summary>
public class LearnedCouplingTests
{
    [Fact]
    public void A_table_has_the_number_of_every_pair_and_its_gradient_is_the_transpose() => Prop.ForAll(Descriptions(), learned =>
    {
        var random = new Random(learned.Length);
        double[] numbers = [.. Enumerable.Range(0, learned.Length).Select(_ => random.NextDouble())];
        double[] gradient = [.. Enumerable.Range(0, learned.TableLength).Select(_ => random.NextDouble())];
        var table = new double[learned.TableLength];
        learned.WriteTable<double>(numbers, table);
        int stride = Padding.Stride(learned.Tokens);
        for (int row = 0; row < learned.TableHeads * learned.Tokens; row++)
        {
            for (int j = 0; j < learned.Tokens; j++)
            {
                int own = row / learned.Tokens * (learned.Length / learned.TableHeads);
                Assert.Equal(numbers[own + Number(learned, row % learned.Tokens, j)], table[(row * stride) + j]);
            }

            // Padding has no number.
            gradient.AsSpan((row * stride) + learned.Tokens, stride - learned.Tokens).Clear();
        }

        // ⟨gradient, w L⟩ = ⟨their gradient, numbers⟩.
        var back = new double[learned.Length];
        learned.AddGradient<double>(gradient, back);
        double expected = learned.Weight * gradient.Zip(table, (g, t) => g * t).Sum(), actual = back.Zip(numbers, (g, n) => g * n).Sum();
        Assert.Equal(expected, actual, 1e-9 * (1 + Math.Abs(expected)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Lengths_and_tokens_are_checked()
    {
        var learned = new LearnedCouplingDescription(LearnedCouplingForm.Relative, 6, 3, 2, true, 1, 0);
        Assert.Equal([2, 3], learned.Shape);
        Assert.Equal("parameter", Assert.Throws<ArgumentException>(() => learned.WriteTable<float>(new float[5], new float[learned.TableLength])).ParamName);
        Assert.Equal("table", Assert.Throws<ArgumentException>(() => learned.WriteTable<float>(new float[6], new float[5])).ParamName);
        Assert.Equal("gradient", Assert.Throws<ArgumentException>(() => learned.AddGradient<float>(new float[5], new float[6])).ParamName);
        Assert.Equal("j", Assert.Throws<ArgumentOutOfRangeException>(() => learned.IndexOf(0, 6)).ParamName);
        Assert.Equal("i", Assert.Throws<ArgumentOutOfRangeException>(() => learned.IndexOf(-1, 0)).ParamName);
    }

    private static int Number(LearnedCouplingDescription learned, int i, int j)
    {
        if (learned.Form == LearnedCouplingForm.Static)
        {
            return (i * learned.Tokens) + j;
        }

        int columns = learned.Columns == 0 ? learned.Tokens : learned.Columns;
        return Math.Max(Math.Abs((i / columns) - (j / columns)), Math.Abs((i % columns) - (j % columns)));
    }

    private static Arbitrary<LearnedCouplingDescription> Descriptions() =>
        (from form in Gen.Elements(LearnedCouplingForm.Static, LearnedCouplingForm.Relative)
         from rows in Gen.Choose(1, 5)
         from columns in Gen.Choose(1, 5)
         from isGrid in Gen.Elements(false, true)
         from heads in Gen.Choose(1, 3)
         from perHead in Gen.Elements(false, true)
         from weight in Gen.Choose(1, 20)
         select new LearnedCouplingDescription(form, rows * columns, isGrid ? columns : 0, heads, perHead, weight / 10.0, 0)).ToArbitrary();
}
