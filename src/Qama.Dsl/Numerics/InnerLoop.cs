using System.Runtime.CompilerServices;

namespace Qama.Numerics;

/// <summary>The body of an <see cref="InnerLoop{TBody}"/>: what its indices compute must not depend on each other.</summary>
internal interface IInnerBody
{
    /// <summary>Does the work of one index.</summary>
    void Run(int index);
}

/// <summary>A loop inside the work of one sample, shared out among threads that no sample is left for: a batch smaller than the number of
/// threads then uses all of them. Where there is no such thread it is an ordinary loop.</summary>
/// <typeparam name="TBody">The body. A ref struct, so that it lives on the stack: threads that help read it there, and the one that
/// started the loop does not return before they are done.</typeparam>
internal sealed unsafe class InnerLoop<TBody> : ParallelJob
    where TBody : struct, IInnerBody, allows ref struct
{
    [ThreadStatic]
    private static InnerLoop<TBody>? _spare; // a body may start loops of its own kind

    private void* _body;

    /// <summary>Runs the body for 0..count−1, in any order.</summary>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of indices.</param>
    /// <param name="work">Of all indices together: see <see cref="InnerParts"/>.</param>
    public static void Run(scoped ref TBody body, int count, long work)
    {
        int threads = count > 1 && InnerParts.IsWorthwhile(work) ? WorkerPool.Share : 1;
        if (threads == 1)
        {
            for (int i = 0; i < count; i++)
            {
                body.Run(i);
            }

            return;
        }

        InnerLoop<TBody> loop = _spare ?? new();
        _spare = null;
        loop._body = Unsafe.AsPointer(ref body);
        try
        {
            WorkerPool.Shared.Run(loop, count, threads);
        }
        finally
        {
            loop._body = null;
            _spare = loop;
        }
    }

    /// <inheritdoc/>
    public override void Execute(int index, int worker) => Unsafe.AsRef<TBody>(_body).Run(index);
}

/// <summary>How rows are divided into the indices of an <see cref="InnerLoop{TBody}"/>. Work is counted in multiplications of a matrix
/// product.</summary>
internal static class InnerParts
{
    /// <summary>What a number that is read, changed and written counts as: so little that such loops are divided from a megabyte on. Below
    /// that numbers come sooner from a near cache than from another thread's (measured: 65,536 numbers, 35 µs alone, 65 µs by two).</summary>
    public const long PerNumber = 4;

    // A thread that waits starts within two microseconds, one that sleeps within twelve: what takes fewer is not divided.
    private const long LeastWork = 1 << 19;

    /// <summary>Whether so much work is worth a second thread.</summary>
    public static bool IsWorthwhile(long work) => work >= 2 * LeastWork;

    /// <summary>Rows of a part: all, or as many as give every thread two parts (another program may hold one of the threads up).</summary>
    /// <param name="rows">Rows to be divided.</param>
    /// <param name="work">Of all rows.</param>
    /// <param name="tile">What a part's rows are a multiple of, except the last one's.</param>
    public static int Rows(int rows, long work, int tile)
    {
        int threads = IsWorthwhile(work) ? WorkerPool.Share : 1;
        int parts = (int)Math.Min(2 * threads, work / LeastWork);
        return threads == 1 ? Math.Max(rows, 1) : ((rows + parts - 1) / parts + tile - 1) / tile * tile;
    }

    /// <summary>The number of parts.</summary>
    public static int Count(int rows, int rowsPerPart) => (rows + rowsPerPart - 1) / rowsPerPart;
}
