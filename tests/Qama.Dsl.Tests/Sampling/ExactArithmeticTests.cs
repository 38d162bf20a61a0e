using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Enumeration against sums of whole numbers: a double is a whole number of units of 2⁻¹⁰⁷⁴.</summary>
public class ExactArithmeticTests
{
    [Theory]
    [InlineData(5e10)]
    [InlineData(1e12)]
    [InlineData(1e18)]
    [InlineData(1e200)]
    public void A_large_coefficient_hides_nothing(double large)
    {
        var qubo = new QuboMatrix(2) { Offset = large };
        qubo.AddLinear(0, -0.5);
        qubo.AddLinear(1, large);
        var result = new SampleSet(1, 2, 2);
        new ExactSampler().Fill(new QuboProblemBatch(qubo), result);
        Assert.Equal([1, 0], result.State(0).ToArray());
        Assert.Equal([0, 0], result.State(0, 1).ToArray());
    }

    [Fact]
    public void The_lowest_states_are_those_of_exact_arithmetic() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(
            (from seed in Gen.Choose(0, 1_000_000)
             from size in Gen.Choose(1, 7)
             from magnitude in Gen.Elements(0, 3, 12, 250)
             from offset in Gen.Elements(0, 1e15, -3.7e12, 0.1)
             from reads in Gen.Choose(1, 6)
             select (seed, size, magnitude, offset, reads)).ToArbitrary(),
            ((int Seed, int Size, int Magnitude, double Offset, int Reads) given) =>
            {
                QuboMatrix qubo = Mixed(given.Seed, given.Size, given.Magnitude);
                qubo.Offset = given.Offset;
                var result = new SampleSet(1, given.Reads, given.Size);
                new ExactSampler().Fill(new QuboProblemBatch(qubo), result);
                (BigInteger Energy, BigInteger Sizes)[] all = [.. Enumerable.Range(0, 1 << given.Size)
                    .Select(code => RandomProblems.State(code, given.Size))
                    .Select(state => (Exact(qubo, state), Sum(qubo, state, BigInteger.Abs))).Order()];
                int repeats = Math.Max(0, given.Reads - all.Length);
                for (int r = 0; r < given.Reads; r++)
                {
                    // The r-th lowest, up to what double precision is worth for states that sum coefficients of this size.
                    byte[] state = result.State(0, r).ToArray();
                    int place = Math.Max(0, r - repeats);
                    BigInteger sizes = all[..(place + 1)].Max(s => s.Sizes);
                    Assert.InRange(Exact(qubo, state), all[0].Energy, all[place].Energy + (given.Size * (sizes >> 52)));
                    Assert.Equal(qubo.Energy(state), result.Energy(0, r));
                }

                Assert.Equal(Math.Min(given.Reads, all.Length), Enumerable.Range(0, given.Reads)
                    .Select(r => RandomProblems.Code(result.State(0, r))).Distinct().Count());
            }));

    [Fact]
    public void States_that_differ_by_the_rounding_of_their_coefficients_alone_are_equal()
    {
        // 0.1 + 0.2 is more than 0.3 in double.
        var qubo = new QuboMatrix(3);
        qubo.AddLinear(0, -0.3);
        qubo.AddLinear(1, -0.1);
        qubo.AddLinear(2, -0.2);
        qubo.AddPair(0, 1, 5);
        qubo.AddPair(0, 2, 5);
        var result = new SampleSet(1, 1, 3);
        new ExactSampler().Fill(new QuboProblemBatch(qubo), result);
        Assert.Equal([1, 0, 0], result.State(0).ToArray());
    }

    private static QuboMatrix Mixed(int seed, int size, int magnitude)
    {
        var random = new RandomStream((ulong)seed);
        var qubo = new QuboMatrix(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double coefficient = Math.Pow(10, magnitude * ((2 * random.NextDouble()) - 1)) * random.NextNormal();
                qubo.AddPair(i, j, random.NextInt32(4) == 0 ? Math.Round(coefficient) : coefficient);
            }
        }

        return qubo;
    }

    private static BigInteger Exact(QuboMatrix qubo, byte[] state) => Sum(qubo, state, static x => x);

    private static BigInteger Sum(QuboMatrix qubo, byte[] state, Func<BigInteger, BigInteger> part)
    {
        BigInteger sum = 0;
        for (int i = 0; i < qubo.Size; i++)
        {
            for (int j = 0; j < qubo.Size; j++)
            {
                sum += state[i] * state[j] * part(Units(qubo[i, j]));
            }
        }

        return sum;
    }

    private static BigInteger Units(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger digits = (bits & ((1L << 52) - 1)) + (exponent == 0 ? 0 : 1L << 52);
        return Math.Sign(value) * (digits << Math.Max(0, exponent - 1));
    }
}
