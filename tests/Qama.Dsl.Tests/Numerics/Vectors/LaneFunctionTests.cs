using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Numerics.Vectors;
using Xunit.Abstractions;
using Double = Qama.Tests.Numerics.Vectors.WideFunctions<double, Qama.Numerics.Vectors.Register512<double>>;
using Single = Qama.Tests.Numerics.Vectors.WideFunctions<float, Qama.Numerics.Vectors.Register512<float>>;

namespace Qama.Tests.Numerics.Vectors;

/// <summary>Elementary functions of vectors against the framework's scalar ones in double precision.</summary>
public class LaneFunctionTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Function> _functions = new()
    {
        ["exp"] = new(Single.Exp, Double.Exp, Math.Exp, 1.1, 1.5),
        ["log"] = new(Single.Log, Double.Log, Math.Log, 1, 1.5),
        ["tanh"] = new(Single.Tanh, Double.Tanh, Math.Tanh, 1.4, 2),
        ["sin"] = new(Single.Sin, Double.Sin, Math.Sin, 1.6, 1.5),
        ["cos"] = new(Single.Cos, Double.Cos, Math.Cos, 1.6, 1.5),
    };

    public static TheoryData<string> Names => [.. _functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Floats_of_every_exponent_are_within_the_stated_ulps(string name)
    {
        Function function = _functions[name];
        double worst = 0;
        float where = 0;
        foreach ((float x, float got) in Map(function.Single, AllExponents()))
        {
            double exact = function.Scalar(x);
            if (!float.IsFinite((float)exact) || !float.IsFinite(got))
            {
                Assert.True(((float)exact).Equals(got), $"{name}({x:R}) is {got:R}, not {(float)exact:R}.");
                continue;
            }

            double ulp = Math.ScaleB(1, Math.Max(exact == 0 ? -149 : Math.ILogB(exact) - 23, -149));
            double error = Math.Abs(got - exact) / ulp;
            (worst, where) = error > worst ? (error, x) : (worst, where);
        }

        output.WriteLine($"{name}: {worst:F3} ulp at {where:R}");
        Assert.InRange(worst, 0, function.SingleBound);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Doubles_are_within_the_stated_ulps_of_the_scalar_functions(string name)
    {
        Function function = _functions[name];
        double worst = 0, where = 0;
        foreach (double x in Doubles())
        {
            double exact = function.Scalar(x), got = First(function.Double, x);
            if (!double.IsFinite(exact) || !double.IsFinite(got))
            {
                Assert.True(exact.Equals(got), $"{name}({x:R}) is {got:R}, not {exact:R}.");
                continue;
            }

            // Both are rounded, so neighbouring doubles are one ulp apart.
            double ulp = Math.ScaleB(1, Math.Max(exact == 0 ? -1074 : Math.ILogB(exact) - 52, -1074));
            double error = Math.Abs(got - exact) / ulp;
            (worst, where) = error > worst ? (error, x) : (worst, where);
        }

        output.WriteLine($"{name}: {worst:F3} ulp at {where:R}");
        Assert.InRange(worst, 0, function.DoubleBound + 1);
    }

    [Fact]
    public void Special_values_are_what_mathematics_says()
    {
        Expect(Single.Exp, (0, 1), (-0f, 1), (float.PositiveInfinity, float.PositiveInfinity), (float.NegativeInfinity, 0),
            (float.NaN, float.NaN), (88.72284f, float.PositiveInfinity), (-103.97207f, float.Epsilon),
            (-103.97209f, 0), (float.MaxValue, float.PositiveInfinity), (float.MinValue, 0), (float.Epsilon, 1));
        Expect(Single.Log, (0, float.NegativeInfinity), (-0f, float.NegativeInfinity), (1, 0), (-1, float.NaN),
            (float.NegativeInfinity, float.NaN), (float.PositiveInfinity, float.PositiveInfinity), (float.NaN, float.NaN),
            (float.Epsilon, -103.27893f), (-float.Epsilon, float.NaN), (float.MaxValue, 88.72284f));
        Expect(Single.Tanh, (float.PositiveInfinity, 1), (float.NegativeInfinity, -1), (float.NaN, float.NaN), (float.MaxValue, 1),
            (float.MinValue, -1), (float.Epsilon, float.Epsilon), (-float.Epsilon, -float.Epsilon), (1e-20f, 1e-20f), (20, 1));
        Assert.True(float.IsNegative(First(Single.Tanh, -0f)));
        Assert.True(float.IsPositive(First(Single.Tanh, 0f)));
    }

    [Fact]
    public void Hyperbolic_tangents_are_odd_to_the_last_bit()
    {
        foreach ((float x, float got) in Map(Single.Tanh, AllExponents()).Where(p => !float.IsNaN(p.Argument)))
        {
            Assert.Equal(-got, First(Single.Tanh, -x));
        }
    }

    /// <summary>The sums were written down where there is AVX-512; AVX2, SSE alone and no vectors at all gave the same.</summary>
    [Theory]
    [InlineData("exp", 15245784319245743763)]
    [InlineData("log", 3500250642025587746)]
    [InlineData("tanh", 6757213051263787036)]
    public void Results_have_the_same_bits_on_every_processor(string name, ulong expected)
    {
        Function function = _functions[name];
        ulong hash = 14695981039346656037;
        foreach ((_, float got) in Map(function.Single, AllExponents()))
        {
            hash = (hash ^ BitConverter.SingleToUInt32Bits(float.IsNaN(got) ? 0 : got)) * 1099511628211;
        }

        foreach (double x in Doubles())
        {
            double got = First(function.Double, x);
            hash = (hash ^ BitConverter.DoubleToUInt64Bits(double.IsNaN(got) ? 0 : got)) * 1099511628211;
        }

        Assert.Equal(expected, hash);
    }

    private static T First<T>(Func<Vector512<T>, Vector512<T>> function, T x) => function(Vector512.Create(x)).GetElement(0);

    private static void Expect(
        Func<Vector512<float>, Vector512<float>> function, params (float Argument, float Value)[] expected)
    {
        foreach ((float argument, float value) in expected)
        {
            Vector512<float> got = function(Vector512.Create(argument));
            Assert.True(Vector512.EqualsAll(got, Vector512.Create(value)) || (float.IsNaN(value) && float.IsNaN(got[0])),
                $"Of {argument:R} it is {got[0]:R}, not {value:R}.");
        }
    }

    private static IEnumerable<(float Argument, float Value)> Map(
        Func<Vector512<float>, Vector512<float>> function, IEnumerable<float> arguments)
    {
        var values = new float[16];
        foreach (float[] lanes in arguments.Chunk(16))
        {
            function(Vector512.Create(lanes)).CopyTo(values);
            for (int l = 0; l < 16; l++)
            {
                yield return (lanes[l], values[l]);
            }
        }
    }

    /// <summary>Both signs, all 256 exponents (zeros, subnormals, infinities and NaNs among them), 2,048 mantissas.</summary>
    private static IEnumerable<float> AllExponents()
    {
        for (uint high = 0; high < 512; high++)
        {
            for (uint m = 0; m < 2048; m++)
            {
                // The ends of the binade, and a stride that is odd and not round between them.
                uint mantissa = m < 8 ? m : m < 16 ? 0x7fffffu - (m - 8) : (m * 4099) & 0x7fffff;
                yield return BitConverter.UInt32BitsToSingle((high << 23) | mantissa);
            }
        }
    }

    private static IEnumerable<double> Doubles()
    {
        for (ulong high = 0; high < 4096; high++)
        {
            for (ulong m = 0; m < 64; m++)
            {
                ulong mantissa = m < 2 ? m : m < 4 ? 0xfffffffffffff - m : (m * 0x9e3779b97f4a7c15) >> 12;
                yield return BitConverter.UInt64BitsToDouble((high << 52) | mantissa);
            }
        }

        // Where results are neither 0 nor infinite.
        for (double x = -760; x < 730; x += 0.0173)
        {
            yield return x;
            yield return x / 128;
        }
    }

    private sealed record Function(
        Func<Vector512<float>, Vector512<float>> Single, Func<Vector512<double>, Vector512<double>> Double,
        Func<double, double> Scalar, double SingleBound, double DoubleBound);
}

/// <summary>The functions of 64 bytes of registers as functions of the framework's vector.</summary>
internal static class WideFunctions<T, TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : struct, IVector<TVector, T>
{
    public static Vector512<T> Exp(Vector512<T> a) => Of(TVector.Exp, a);

    public static Vector512<T> SoftmaxWeight(Vector512<T> a) => Of(SoftmaxWeights<TVector, T>.Of, a);

    public static Vector512<T> Log(Vector512<T> a) => Of(TVector.Log, a);

    public static Vector512<T> Tanh(Vector512<T> a) => Of(TVector.Tanh, a);

    public static Vector512<T> Sin(Vector512<T> a) => Of(TVector.Sin, a);

    public static Vector512<T> Cos(Vector512<T> a) => Of(TVector.Cos, a);

    private static Vector512<T> Of(Func<TVector, TVector> function, Vector512<T> a) =>
        Unsafe.BitCast<TVector, Vector512<T>>(function(Unsafe.BitCast<Vector512<T>, TVector>(a)));
}
