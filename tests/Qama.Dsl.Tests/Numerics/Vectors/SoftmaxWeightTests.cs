using System.Runtime.Intrinsics;
using Qama.Numerics.Vectors;
using Double = Qama.Tests.Numerics.Vectors.WideFunctions<double, Qama.Numerics.Vectors.Register512<double>>;
using Single = Qama.Tests.Numerics.Vectors.WideFunctions<float, Qama.Numerics.Vectors.Register512<float>>;

namespace Qama.Tests.Numerics.Vectors;

/// <summary>Weights of a softmax: exponentials, but none below the square of the distance from 1 to the next number.</summary>
public class SoftmaxWeightTests
{
    [Fact]
    public void Floats_are_exponentials_down_to_the_bound_and_0_below()
    {
        double bound = Math.Pow(MathF.BitIncrement(1) - 1, 2);
        for (float x = -110; x < 3; x += 0.13f)
        {
            float expected = Math.Exp(x) < bound ? 0 : Single.Exp(Vector512.Create(x))[0];
            Assert.Equal(expected, Single.SoftmaxWeight(Vector512.Create(x))[0]);
        }
    }

    [Fact]
    public void Doubles_are_exponentials_down_to_the_bound_and_0_below()
    {
        double bound = Math.Pow(Math.BitIncrement(1) - 1, 2);
        for (double x = -760; x < 3; x += 0.37)
        {
            double expected = Math.Exp(x) < bound ? 0 : Double.Exp(Vector512.Create(x))[0];
            Assert.Equal(expected, Double.SoftmaxWeight(Vector512.Create(x))[0]);
        }
    }

    [Fact]
    public void What_is_not_seen_weighs_nothing_and_what_is_no_number_stays()
    {
        Assert.Equal(0, Single.SoftmaxWeight(Vector512.Create(float.NegativeInfinity))[0]);
        Assert.Equal(1, Single.SoftmaxWeight(Vector512.Create(0f))[0]);
        Assert.True(float.IsNaN(Single.SoftmaxWeight(Vector512.Create(float.NaN))[0]));
    }
}
