using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Tests.Numerics.Vectors;

/// <summary>What kernels compute lane by lane, in C#'s own types.</summary>
public class EachLaneTests
{
    private static readonly float[] _a = [.. Enumerable.Range(0, 16).Select(i => (i - 7) * 0.3f)], _b = [.. Enumerable.Range(0, 16).Select(i => 1f / (i + 1))];

    [Fact]
    public void Every_lane_of_every_register_has_the_function_s_own_value()
    {
        AssertLanes<Register512<float>>();
        AssertLanes<Registers256<float>>();
        AssertLanes<Registers128<float>>();
    }

    private static void AssertLanes<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        TVector a = TVector.Load(_a, 0), b = TVector.Load(_b, 0);
        var actual = new float[16];
        TVector.Store(actual, 0, LaneByLane.Each<TVector, float>(MathF.Exp, a));
        Assert.Equal(_a.Select(MathF.Exp), actual);
        TVector.Store(actual, 0, LaneByLane.Each<TVector, float>(MathF.Pow, b, a));
        Assert.Equal(_b.Zip(_a, MathF.Pow), actual);
        TVector.Store(actual, 0, LaneByLane.Each<TVector, float>(static x => (float)(x[0] * 0.1 + x[1] + x[2]), new[] { a, b, a }));
        Assert.Equal(_a.Zip(_b, (x, y) => (float)(x * 0.1 + y + x)), actual);
    }

    [Theory]
    [InlineData(7, 2, 3, 1)]
    [InlineData(-7, 2, -3, -1)]
    [InlineData(7, 0, 0, 0)]
    [InlineData(7, -1, -7, 0)]
    [InlineData(long.MinValue, -1, long.MinValue, 0)]
    public void Quotients_and_remainders_are_those_of_CSharp_and_throw_nothing(long a, long b, long quotient, long remainder)
    {
        Assert.Equal(quotient, LaneByLane.Quotient(a, b));
        Assert.Equal(remainder, LaneByLane.Remainder(a, b));
    }

    [Fact]
    public void Magnitudes_and_bounds_throw_nothing()
    {
        Assert.Equal((3L, 3L, long.MinValue), (LaneByLane.Magnitude(3), LaneByLane.Magnitude(-3), LaneByLane.Magnitude(long.MinValue)));
        Assert.Equal((2L, 5L, 3L, 1L), (LaneByLane.Clamp(1, 2, 5), LaneByLane.Clamp(9, 2, 5), LaneByLane.Clamp(3, 2, 5), LaneByLane.Clamp(3, 2, 1)));
        Assert.Equal((-1.5, 0.7, 0.3), (LaneByLane.Clamp(-2.0, -1.5, 0.7), LaneByLane.Clamp(2.0, -1.5, 0.7), LaneByLane.Clamp(0.3, -1.5, 0.7)));
        Assert.Equal((1.0, true), (LaneByLane.Clamp(3.0, 2.0, 1.0), double.IsNaN(LaneByLane.Clamp(double.NaN, 0, 1))));
        Assert.True(double.IsNegative(LaneByLane.Clamp(-0.0, 0.0, 1.0)));
    }

    /// <summary>As in matrix products: a condition on a dot product has the method's result.</summary>
    [Fact]
    public void A_dot_product_is_one_chain_of_fused_multiply_adds()
    {
        float expected = 0;
        for (int d = 0; d < 16; d++)
        {
            expected = MathF.FusedMultiplyAdd(_a[d], _b[d], expected);
        }

        Assert.Equal(expected, Vec.Dot(_a, _b));
        Span<float> padded = stackalloc float[16 * 16], product = stackalloc float[16];
        for (int d = 0; d < 16; d++)
        {
            padded[16 * d] = _b[d];
        }

        MatrixProduct.Multiply<float>(_a, 16, 1, padded, 16, product, 16, 1, 16, 16);
        Assert.Equal(expected, product[0]);
    }
}
