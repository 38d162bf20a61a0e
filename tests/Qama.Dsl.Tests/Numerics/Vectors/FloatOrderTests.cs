using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics.Vectors;

namespace Qama.Tests.Numerics.Vectors;

public class FloatOrderTests
{
    private static readonly float[] _special =
        [0, -0f, 1, -1, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity];

    [Fact]
    public void Numbers_are_found_where_sorting_puts_them()
    {
        Gen<float> number = Gen.OneOf(
            Gen.Elements(_special), from n in Gen.Choose(-5, 5) select n / 4f,
            from bits in Gen.Choose(int.MinValue, int.MaxValue) select Valid(BitConverter.Int32BitsToSingle(bits)));
        Gen<float[]> rows = from length in Gen.Choose(1, 70) from row in number.ArrayOf(length) select row;
        Prop.ForAll(rows.ToArbitrary(), row =>
        {
            float[] sorted = [.. row.Order()];
            for (int place = 0; place < row.Length; place++)
            {
                Assert.Equal(sorted[place] + 0f, FloatOrder.Sorted(row, place) + 0f); // of zeros either
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Places_are_in_the_order_of_numbers()
    {
        float[] sorted = [.. _special.Order()];
        Assert.All(sorted, value => Assert.Equal(value, FloatOrder.At(FloatOrder.Of(value))));
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(
            pair.First == pair.Second || FloatOrder.Of(pair.First) < FloatOrder.Of(pair.Second)));
    }

    private static float Valid(float value) => float.IsNaN(value) ? 0 : value;
}
