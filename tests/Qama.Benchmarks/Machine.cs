using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qama.Benchmarks;

/// <summary>What the machine can do at most, measured: the limits that measurements are compared with.</summary>
/// <param name="Processor">Its name, as the system tells it.</param>
/// <param name="Processors">Logical processors.</param>
/// <param name="VectorBits">Width of the registers that the runtime uses.</param>
/// <param name="Gflops">Fused multiply-adds of one thread, two operations each, in 10⁹ per second.</param>
/// <param name="GigabytesPerSecond">What one thread reads from memory far larger than the caches.</param>
internal sealed record Machine(string Processor, int Processors, int VectorBits, double Gflops, double GigabytesPerSecond)
{
    private const int Chains = 12; // a multiply-add takes about four cycles and two start in each
    private const int Steps = 1_000_000;

    /// <summary>The processor, as the system calls it.</summary>
    public static string ProcessorName { get; } = ReadName();

    public string Description => FormattableString.Invariant(
        $"{Processor}, {Processors} processors, {VectorBits}-bit registers; one thread: {Gflops:F0} GFLOP/s of multiply-adds, {GigabytesPerSecond:F1} GB/s");

    /// <summary>Measures for about two seconds. The best of many short runs: a limit, not a typical value.</summary>
    public static Machine Measure()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return new(ProcessorName, Environment.ProcessorCount, bits, MeasureGflops(bits), MeasureBandwidth());
    }

    private static double MeasureGflops(int bits)
    {
        double flops = 2.0 * Chains * Steps * (bits / 32);
        double best = Best(() => bits switch
        {
            512 => Multiply512(),
            256 => Multiply256(),
            _ => Multiply128(),
        });
        return flops / best * 1e-3;
    }

    private static double MeasureBandwidth()
    {
        var memory = new float[64 << 20];
        memory.AsSpan().Fill(1);
        return sizeof(float) * (double)memory.Length / Best(() => Sum(memory)) * 1e-3;
    }

    // Microseconds of processor time.
    private static double Best(Func<float> run)
    {
        double best = double.PositiveInfinity;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 1)
        {
            double before = ThreadClock.Microseconds;
            GC.KeepAlive(run());
            best = Math.Min(best, ThreadClock.Microseconds - before);
        }

        return best;
    }

    private static float Multiply512()
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-3f);
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int s = 0; s < Steps; s++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static float Multiply256()
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-3f);
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int s = 0; s < Steps; s++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static float Multiply128()
    {
        Vector128<float> x = Vector128.Create(0.999f), y = Vector128.Create(1e-3f);
        Vector128<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int s = 0; s < Steps; s++)
        {
            a = Vector128.FusedMultiplyAdd(a, x, y);
            b = Vector128.FusedMultiplyAdd(b, x, y);
            c = Vector128.FusedMultiplyAdd(c, x, y);
            d = Vector128.FusedMultiplyAdd(d, x, y);
            e = Vector128.FusedMultiplyAdd(e, x, y);
            f = Vector128.FusedMultiplyAdd(f, x, y);
            g = Vector128.FusedMultiplyAdd(g, x, y);
            h = Vector128.FusedMultiplyAdd(h, x, y);
            i = Vector128.FusedMultiplyAdd(i, x, y);
            j = Vector128.FusedMultiplyAdd(j, x, y);
            k = Vector128.FusedMultiplyAdd(k, x, y);
            l = Vector128.FusedMultiplyAdd(l, x, y);
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static float Sum(float[] memory)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        ReadOnlySpan<Vector256<float>> blocks = MemoryMarshal.Cast<float, Vector256<float>>(memory);
        for (int i = 0; i + 4 <= blocks.Length; i += 4)
        {
            a += blocks[i];
            b += blocks[i + 1];
            c += blocks[i + 2];
            d += blocks[i + 3];
        }

        return Vector256.Sum(a + b + (c + d));
    }

    private static string ReadName()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
