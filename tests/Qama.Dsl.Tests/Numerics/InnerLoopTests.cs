using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Tests.Numerics;

/// <summary>Loops inside the work of one sample: shared out where threads are free, with the bits of one thread.</summary>
[Collection(Alone.Name)]
public class InnerLoopTests
{
    private const long Much = long.MaxValue, Little = 1000;

    [Fact]
    public void Threads_without_a_sample_take_part()
    {
        using var meeting = new Barrier(3);
        Inside(threads: 3, () =>
        {
            var body = new Meeting { Place = meeting };
            InnerLoop<Meeting>.Run(ref body, 3, Much);
        });
    }

    [Theory]
    [InlineData(1, Much)] // no other thread
    [InlineData(3, Little)] // not worth it
    public void Otherwise_the_caller_does_all(int threads, long work)
    {
        var seen = new int[7];
        Inside(threads, () =>
        {
            var body = new Threads { Seen = seen };
            InnerLoop<Threads>.Run(ref body, seen.Length, work);
            Assert.All(seen, t => Assert.Equal(Environment.CurrentManagedThreadId, t));
        });
    }

    [Fact]
    public void A_body_may_run_a_loop_of_its_own_kind()
    {
        var counts = new int[6];
        Inside(threads: 4, () =>
        {
            var body = new Nested { Counts = counts, Depth = 2 };
            InnerLoop<Nested>.Run(ref body, counts.Length, Much);
        });
        Assert.All(counts, c => Assert.Equal(1 + counts.Length, c));
    }

    [Fact]
    public void Parts_have_all_rows_once_and_whole_tiles()
    {
        var random = new Random(3);
        for (int k = 0; k < 500; k++)
        {
            (int rows, int tile, int threads) = (random.Next(0, 3000), 1 << random.Next(7), random.Next(1, 9));
            long work = random.NextInt64(0, 1L << random.Next(1, 33));
            Inside(threads, () =>
            {
                int part = InnerParts.Rows(rows, work, tile), count = InnerParts.Count(rows, part);
                Assert.True(part >= 1);
                Assert.True(part >= rows || part % tile == 0);
                Assert.True((long)part * count >= rows && (long)part * (count - 1) < Math.Max(rows, 1));
                Assert.True(InnerParts.IsWorthwhile(work) || count <= 1);
                Assert.True(count <= 2 * threads);
            });
        }
    }

    [Theory]
    [InlineData(203, 60, 144)] // by rows, the last part without a whole tile
    [InlineData(9, 700, 336)] // by columns
    [InlineData(16, 513, 208)]
    public void Products_have_the_bits_of_one_thread(int m, int k, int n)
    {
        Products<float>(m, k, n);
        Products<double>(m, k, n);
    }

    [Fact]
    public void Symmetric_means_and_transposes_have_the_bits_of_one_thread()
    {
        const int Count = 437;
        int stride = Padding.Stride(Count);
        float[] matrix = Numbers<float>(Count * stride, 1), turned = new float[stride * stride];
        (float[] mean, float[] transposed) = ((float[])matrix.Clone(), new float[turned.Length]);
        Inside(1, () =>
        {
            PairMatrix.Symmetrise<float>(mean, Count, stride, Count, 0.7f);
            Padding.Transpose<float>(matrix, stride, transposed, stride, Count, Count);
        });
        foreach (int threads in new[] { 2, 3, 5 })
        {
            var own = (float[])matrix.Clone();
            Array.Clear(turned);
            Inside(threads, () =>
            {
                PairMatrix.Symmetrise<float>(own, Count, stride, Count, 0.7f);
                Padding.Transpose<float>(matrix, stride, turned, stride, Count, Count);
            });
            Assert.Equal(mean, own);
            Assert.Equal(transposed, turned);
        }
    }

    private static void Products<T>(int m, int k, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = Numbers<T>(m * k, 1), b = Numbers<T>(k * n, 2), start = Numbers<T>(m * n, 3);
        foreach (bool turned in new[] { false, true })
        {
            foreach (bool accumulate in new[] { false, true })
            {
                var expected = (T[])start.Clone();
                Inside(1, () => Multiply(expected));
                foreach (int threads in new[] { 2, 3, 7 })
                {
                    var c = (T[])start.Clone();
                    Inside(threads, () => Multiply(c));
                    Assert.Equal(expected, c);
                }

                void Multiply(T[] c) => MatrixProduct.Multiply<T>(
                    a, turned ? 1 : k, turned ? m : 1, b, n, c, n, m, k, n, T.CreateTruncating(0.3), accumulate);
            }
        }
    }

    private static T[] Numbers<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))];
    }

    // As a layer's pass over one sample does.
    private static void Inside(int threads, Action action) => WorkerPool.Shared.Run(new Single(action), 1, threads);

    private sealed class Single(Action action) : ParallelJob
    {
        public override void Execute(int index, int worker) => action();
    }

    private ref struct Meeting : IInnerBody
    {
        public Barrier Place;

        public readonly void Run(int index) => Assert.True(Place.SignalAndWait(TimeSpan.FromSeconds(60)));
    }

    private ref struct Threads : IInnerBody
    {
        public Span<int> Seen;

        public readonly void Run(int index) => Seen[index] = Environment.CurrentManagedThreadId;
    }

    private ref struct Nested : IInnerBody
    {
        public Span<int> Counts;
        public int Depth;

        public readonly void Run(int index)
        {
            Interlocked.Increment(ref Counts[index]);
            if (Depth > 1)
            {
                var inner = new Nested { Counts = Counts, Depth = Depth - 1 };
                InnerLoop<Nested>.Run(ref inner, Counts.Length, Much);
            }
        }
    }
}
