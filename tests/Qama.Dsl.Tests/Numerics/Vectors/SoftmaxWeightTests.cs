using System.Numerics;
using System.Runtime.Intrinsics;
using Qama.Numerics.Vectors;
using Single = Qama.Tests.Numerics.Vectors.WideFunctions<float, Qama.Numerics.Vectors.Register512<float>>;

namespace Qama.Tests.Numerics.Vectors;

/// <summary>Weights of a softmax: exponentials, but none below the square of the distance from 1 to the next number.</summary>
public class SoftmaxWeightTests
{
    [Fact]
    public void Floats_are_exponentials_down_to_the_bound_and_0_below() => Check<float, Register512<float>>(-110, 0.13);

    [Fact]
    public void Doubles_are_exponentials_down_to_the_bound_and_0_below() => Check<double, Register512<double>>(-760, 0.37);

    [Fact]
    public void What_is_not_seen_weighs_nothing_and_what_is_no_number_stays()
    {
        Assert.Equal(0, Single.SoftmaxWeight(Vector512.Create(float.NegativeInfinity))[0]);
        Assert.Equal(1, Single.SoftmaxWeight(Vector512.Create(0f))[0]);
        Assert.True(float.IsNaN(Single.SoftmaxWeight(Vector512.Create(float.NaN))[0]));
    }

    private static void Check<T, TVector>(double first, double step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        double bound = Math.Pow(double.CreateTruncating(T.BitIncrement(T.One) - T.One), 2);
        for (double x = first; x < 3; x += step)
        {
            Vector512<T> exponent = Vector512.Create(T.CreateTruncating(x));
            bool isBelow = Math.Exp(double.CreateTruncating(exponent[0])) < bound;
            T expected = isBelow ? T.Zero : WideFunctions<T, TVector>.Exp(exponent)[0];
            Assert.Equal(expected, WideFunctions<T, TVector>.SoftmaxWeight(exponent)[0]);
        }
    }
}
