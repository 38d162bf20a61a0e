using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Tests.Numerics.Vectors;

/// <summary>Every kind of register computes the same bits.</summary>
public class RegisterTests
{
    [Fact]
    public void Products_are_one_chain_of_fused_multiply_adds_in_every_register()
    {
        Gen<(int M, int K, int Vectors, bool Accumulates, bool Transposed, int Seed)> shapes =
            from m in Gen.Choose(1, 10)
            from k in Gen.Choose(0, 20)
            from vectors in Gen.Choose(1, 6)
            from accumulates in Gen.Elements(true, false)
            from transposed in Gen.Elements(true, false)
            from seed in Gen.Choose(0, 1000)
            select (m, k, vectors, accumulates, transposed, seed);
        Prop.ForAll(
            shapes.ToArbitrary(),
            s =>
            {
                CheckProduct<float>(s.M, s.K, 16 * s.Vectors, s.Accumulates, s.Transposed, s.Seed);
                CheckProduct<double>(s.M, s.K, 16 * s.Vectors, s.Accumulates, s.Transposed, s.Seed);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Functions_and_sums_have_the_same_bits_in_every_register()
    {
        CheckVectors<float>();
        CheckVectors<double>();
    }

    [Fact]
    public void A_lane_does_not_depend_on_its_neighbours()
    {
        CheckNeighbours<float, Register512<float>>(1e-3, 1, 100, 1e7, double.PositiveInfinity, double.NaN);
        CheckNeighbours<double, Register512<double>>(1e-9, 1, 100, 1e7, 1e300, double.PositiveInfinity, double.NaN);
    }

    /// <summary>A bit per lane, and small integers in lanes, against C#'s own operators.</summary>
    [Fact]
    public void Bits_of_lanes_and_integers_in_lanes_are_what_they_say()
    {
        CheckLanes<float, Register512<float>>();
        CheckLanes<float, Registers256<float>>();
        CheckLanes<float, Registers128<float>>();
        CheckLanes<double, Register512<double>>();
        CheckLanes<double, Registers256<double>>();
        CheckLanes<double, Registers128<double>>();
    }

    [Theory]
    [InlineData(49, 64, 49, 64)]
    [InlineData(17, 35, 5, 33)]
    [InlineData(4, 4, 4, 4)]
    [InlineData(3, 50, 0, 50)]
    public void Transposition_moves_every_number_and_clears_the_padding(int rows, int sourceStride, int columns, int stride)
    {
        float[] source = Numbers<float>(rows * sourceStride, 3);
        float[] target = Numbers<float>(columns * stride, 4);
        Padding.Transpose<float>(source, sourceStride, target, stride, rows, columns);
        for (int i = 0; i < target.Length; i++)
        {
            (int c, int r) = (i / stride, i % stride);
            Assert.Equal(r < rows ? source[(r * sourceStride) + c] : 0, target[i]);
        }
    }

    private static void CheckLanes<T, TVector>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        T[] numbers = Numbers<T>(2 * TVector.Count, 8), got = new T[TVector.Count];
        (T[] x, T[] y) = (numbers[..TVector.Count], numbers[TVector.Count..]);
        int[] levels = [.. Enumerable.Range(0, TVector.Count).Select(l => l * 37 % 256)];
        y[2] = x[2];
        (TVector a, TVector b) = (TVector.Load(x, 0), TVector.Load(y, 0));
        TVector level = TVector.Load([.. levels.Select(T.CreateTruncating)], 0);
        uint below = TVector.Below(a, b), equal = TVector.Equal(a, b);
        for (int l = 0; l < TVector.Count; l++)
        {
            Assert.Equal(x[l] < y[l], (below >> l & 1) != 0);
            Assert.Equal(x[l] == y[l], (equal >> l & 1) != 0);
        }

        Assert.Equal(0u, (below | equal) >> (TVector.Count - 1) >> 1);
        foreach (uint lanes in new[] { 0u, 1u, 0b1010_0110_1001_0101u, uint.MaxValue })
        {
            AssertLanes(TVector.Keep(lanes, a), l => (lanes >> l & 1) != 0 ? x[l] : T.Zero);
            AssertLanes(TVector.Select(lanes, a, b), l => (lanes >> l & 1) != 0 ? x[l] : y[l]);
        }

        for (int k = -1; k <= TVector.Count; k++)
        {
            AssertLanes(TVector.Only(k, a), l => l == k ? x[l] : T.Zero);
        }

        for (int mask = 0; mask < 256; mask += 51)
        {
            AssertLanes(TVector.ExclusiveOr(level, mask), l => T.CreateTruncating(levels[l] ^ mask));
        }

        for (int position = 0; position < 8; position++)
        {
            AssertLanes(TVector.Digit(level, position), l => T.CreateTruncating(levels[l] >> position & 1));
        }

        AssertLanes(TVector.MinNative(a, b), l => T.Min(x[l], y[l]));
        AssertLanes(TVector.MaxNative(a, b), l => T.Max(x[l], y[l]));

        void AssertLanes(TVector actual, Func<int, T> expected)
        {
            TVector.Store(got, 0, actual);
            Assert.Equal(Enumerable.Range(0, got.Length).Select(expected), got);
        }
    }

    private static void CheckNeighbours<T, TVector>(params double[] neighbours)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        T[] numbers = Numbers<T>(1000, 6), lanes = new T[TVector.Count];
        foreach (Func<TVector, TVector> function in new Func<TVector, TVector>[]
            { TVector.Exp, TVector.Log, TVector.Tanh, TVector.Sin, TVector.Cos, TVector.Sqrt })
        {
            foreach (T number in numbers)
            {
                T expected = First(number, number);
                Assert.All(neighbours, n => Assert.Equal(expected, First(number, T.CreateTruncating(n))));
            }

            T First(T first, T rest)
            {
                lanes.AsSpan().Fill(rest);
                lanes[0] = first;
                TVector.Store(lanes, 0, function(TVector.Load(lanes, 0)));
                return lanes[0];
            }
        }
    }

    private static void CheckProduct<T>(int m, int k, int n, bool accumulates, bool transposed, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(0.7);
        T[] a = Numbers<T>((m * k) + 1, seed), b = Numbers<T>((k * n) + 1, seed + 1), start = Numbers<T>(m * n, seed + 2);
        (int row, int column) = transposed ? (1, m) : (k, 1);
        var expected = new T[m * n];
        for (int i = 0; i < expected.Length; i++)
        {
            T sum = T.Zero;
            for (int j = 0; j < k; j++)
            {
                sum = T.FusedMultiplyAdd(a[(i / n * row) + (j * column)], b[(j * n) + (i % n)], sum);
            }

            expected[i] = accumulates ? T.FusedMultiplyAdd(scale, sum, start[i]) : scale * sum;
        }

        var shape = new ProductShape(row, column, n, n, m, k, n, accumulates);
        Assert.Equal(expected, Product<T, Register512<T>>(shape, a, b, start, scale));
        Assert.Equal(expected, Product<T, Registers256<T>>(shape, a, b, start, scale));
        Assert.Equal(expected, Product<T, Registers128<T>>(shape, a, b, start, scale));
    }

    private static T[] Product<T, TRegister>(in ProductShape shape, T[] a, T[] b, T[] start, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : struct, IVector<TRegister, T>
    {
        T[] c = [.. start];
        MatrixProduct.Run<T, TRegister>(shape, a, b, c, scale);
        return c;
    }

    private static void CheckVectors<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] expected = Everything<T, Register512<T>>();
        Assert.DoesNotContain(expected, T.IsNaN);
        Assert.Equal(expected, Everything<T, Registers256<T>>());
        Assert.Equal(expected, Everything<T, Registers128<T>>());
    }

    // All operations of 100 random vectors, lane by lane.
    private static T[] Everything<T, TVector>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        T[] numbers = Numbers<T>(300 * TVector.Count, 5);
        List<T> results = [];
        var lanes = new T[TVector.Count];
        for (int i = 0; i < numbers.Length; i += 3 * TVector.Count)
        {
            TVector a = TVector.Load(numbers, i), b = TVector.Load(numbers, i + TVector.Count);
            TVector c = TVector.Load(numbers, i + (2 * TVector.Count)), size = TVector.Abs(a) + TVector.All(T.CreateTruncating(0.1));
            foreach (TVector v in new[]
            {
                a + b, a - b, -a, a * b, a / size, T.CreateTruncating(3) * a, TVector.FusedMultiplyAdd(a, b, c), TVector.Max(a, b),
                TVector.Min(a, b), TVector.Sqrt(size), TVector.Abs(a), TVector.Truncate(a), TVector.AtLeast(a, b), TVector.Keep(a, 5),
                TVector.WhereNonZero(TVector.AtLeast(a, b), a, c), TVector.Choose(TVector.LessThan(a, b), a, b), TVector.Indices,
                TVector.Exp(a), TVector.Log(size), TVector.Tanh(a), TVector.Sin(a), TVector.Cos(a), TVector.Zero,
                TVector.MinNative(a, b), TVector.MaxNative(a, b), TVector.Only(3, a), TVector.Keep(TVector.Below(a, b), a),
                TVector.Select(TVector.Equal(TVector.Truncate(a), TVector.Truncate(b)), a, b), a & b,
                a | (b & TVector.All(T.NegativeZero)),
                TVector.ExclusiveOr(TVector.Truncate(size), 5), TVector.Digit(TVector.Truncate(size), 1),
            })
            {
                TVector.Store(lanes, 0, v);
                results.AddRange(lanes);
            }

            TVector.Add(lanes, 0, a);
            results.AddRange([.. lanes, TVector.Sum(a), TVector.Largest(a), T.CreateTruncating(TVector.Below(a, b))]);
            results.AddRange(Rowwise<T, TVector>(numbers.AsSpan(i, (2 * TVector.Count) + 3)));
        }

        return [.. results];
    }

    private static T[] Rowwise<T, TVector>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        T[] y = [.. x], z = new T[x.Length], w = new T[x.Length], v = new T[x.Length];
        RowLoops<TVector, T>.AddScaled(T.CreateTruncating(0.3), x, y);
        RowLoops<TVector, T>.Multiply(x, y, z);
        RowLoops<TVector, T>.MultiplyAdd(x, y, z, w);
        RowLoops<TVector, T>.Project(x, y[0], z, y[1], y[2], v);
        return [.. y, .. z, .. w, .. v, RowLoops<TVector, T>.Sum(x), RowLoops<TVector, T>.Dot(x, y),
            RowLoops<TVector, T>.LargestSize(x)];
    }

    private static T[] Numbers<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomStream((ulong)seed);
        var numbers = new T[length];
        foreach (ref T number in numbers.AsSpan())
        {
            number = T.CreateTruncating(3 * random.NextNormal());
        }

        return numbers;
    }
}
