using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Norms;
using Qama.Numerics.Vectors;

namespace Qama.Tests.Numerics.Norms;

/// <summary>Loops of batch normalisation against loops over entries in double, in every kind of register.</summary>
public class BatchNormTests
{
    [Fact]
    public void Sums_and_entries_are_those_of_a_loop_over_entries()
    {
        var random = new Random(11);
        for (int k = 0; k < 24; k++)
        {
            Check<float>(random, k);
            Check<double>(random, k);
        }
    }

    [Fact]
    public void A_mean_far_from_zero_costs_no_digits_of_the_variance()
    {
        // Deviations of ±1/4 around 2^20 in 700 rows: several blocks are put together.
        var values = new float[700 * 16];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (1 << 20) + (i % 2 == 0 ? 0.25f : -0.25f);
        }

        Moments moments = BatchNorm.Measure<float>(
            values, 0, new HeadEntries<float> { HeadPitch = values.Length, RowPitch = 16, Rows = 700, OwnRows = 700, Length = 16 });
        Assert.Equal(new Moments(values.Length, 1 << 20, values.Length / 16.0), moments);
    }

    private static void Check<T>(Random random, int round)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool inTurns = round % 3 == 0; // rows of heads take turns, as in an output
        int heads = round % 2 == 0 ? 3 : 1; // rows of one head stand alike either way
        int rows = random.Next(1, 40), length = random.Next(1, 70);
        int pitch = inTurns ? heads * length : round % 4 < 2 ? Padding.Stride(length) : length + random.Next(0, 9);
        int present = random.Next(0, rows + 1);
        int size = inTurns ? rows * pitch : heads * rows * pitch;
        T[] x = Numbers(size), g = Numbers(size);
        T[] mask = round % 5 < 2 || inTurns ? [] : [.. Enumerable.Range(0, rows * pitch).Select(_ => T.CreateTruncating(random.Next(0, 2)))];
        HeadEntries<T> Entries() => new()
        {
            HeadPitch = inTurns ? length : rows * pitch, RowPitch = pitch, Rows = present, OwnRows = inTurns ? 0 : rows, Length = length,
            Included = mask,
        };

        (double mean, double inverse, double factor, double shift) = (0.3, 1.7, -2.4, 0.1);
        (double meanGradient, double meanProjection) = (0.05, -0.4);
        for (int h = 0; h < heads; h++)
        {
            int head = h;
            int[] own =
            [
                .. from r in Enumerable.Range(0, present) from i in Enumerable.Range(0, length)
                   where mask.Length == 0 || mask[r * pitch + i] != T.Zero
                   select head * Entries().HeadPitch + r * pitch + i,
            ];
            double[] numbers = [.. own.Select(i => double.CreateTruncating(x[i]))];
            double[] slopes = [.. own.Select(i => double.CreateTruncating(g[i]))];
            Moments moments = BatchNorm.Measure<T>(x, head, Entries());
            Assert.Equal(own.Length, moments.Count);
            double average = own.Length == 0 ? 0 : numbers.Average();
            Assert.Equal(average, moments.Mean, 1e-13);
            Assert.Equal(numbers.Sum(v => (v - average) * (v - average)), moments.SquaredDeviations, 1e-10);
            (double sum, double projection) = BatchNorm.MeasureGradient<T>(g, x, head, Entries(), mean, inverse);
            Assert.Equal(slopes.Sum(), sum, 1e-11);
            Assert.Equal(numbers.Zip(slopes, (v, s) => s * (v - mean) * inverse).Sum(), projection, 1e-11);

            // What is no entry is copied where a head's memory is its own, and untouched where it is not.
            Range all = ..Entries().AllRows;
            T[] normalised = Numbers(size), changed = Numbers(size);
            T[] expectedValues = (T[])normalised.Clone(), expectedSlopes = (T[])changed.Clone();
            for (int i = head * Entries().HeadPitch; i < (head + 1) * Entries().HeadPitch && !inTurns; i++)
            {
                (expectedValues[i], expectedSlopes[i]) = (x[i], g[i]);
            }

            for (int i = 0; i < own.Length; i++)
            {
                expectedValues[own[i]] = T.CreateTruncating((numbers[i] - mean) * factor + shift);
                expectedSlopes[own[i]] =
                    T.CreateTruncating(factor * (slopes[i] - meanGradient - (numbers[i] - mean) * inverse * meanProjection));
            }

            var statistics = new NormStatistics(mean, inverse, factor, meanGradient, meanProjection);
            BatchNorm.Normalise<T>(x, head, Entries(), all, mean, factor, shift, normalised);
            BatchNorm.Backward<T>(g, x, head, Entries(), all, statistics, changed);
            Assert.Equal(expectedValues, normalised);
            Assert.Equal(expectedSlopes, changed);
            var inPlace = (T[])g.Clone();
            BatchNorm.Backward<T>(inPlace, x, head, Entries(), all, statistics, inPlace);
            Assert.All(own, i => Assert.Equal(expectedSlopes[i], inPlace[i]));

            Registers(x, g, head, Entries(), statistics);
        }

        T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))];
    }

    private static void Registers<T>(T[] x, T[] g, int head, HeadEntries<T> entries, NormStatistics statistics)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] expected = Results<T, Register512<double>>(x, g, head, entries, statistics);
        Assert.Equal(expected, Results<T, Registers256<double>>(x, g, head, entries, statistics));
        Assert.Equal(expected, Results<T, Registers128<double>>(x, g, head, entries, statistics));
    }

    private static double[] Results<T, TVector>(T[] x, T[] g, int head, HeadEntries<T> entries, NormStatistics statistics)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, double>
    {
        var y = new T[x.Length];
        var slopes = new T[x.Length];
        var measured = new BatchNorm.MeasureAction<T>(x, head, entries, 0, entries.Rows);
        var gradient = new BatchNorm.MeasureGradientAction<T>(g, x, head, entries, statistics.Mean);
        measured.Run<TVector>();
        gradient.Run<TVector>();
        new BatchNorm.NormaliseAction<T>(x, head, entries, ..entries.AllRows, statistics.Mean, statistics.Factor, 0.2, y).Run<TVector>();
        new BatchNorm.BackwardAction<T>(g, x, head, entries, ..entries.AllRows, statistics, slopes).Run<TVector>();
        return
        [
            measured.Result.Mean, measured.Result.SquaredDeviations, measured.Result.Count, gradient.Sum, gradient.Product,
            .. y.Concat(slopes).Select(double.CreateTruncating),
        ];
    }
}
