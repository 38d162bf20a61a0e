using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Benchmarks.Factored;

/// <summary>A model of eight heads of width 16 whose couplings are features, and more than plain bits that all interact.</summary>
internal interface IGeneralEnergy : IDeclaredEnergy
{
    static int IDeclaredEnergy.Heads => 8;
    static int IDeclaredEnergy.Bits => 1;
    static double IDeclaredEnergy.CouplingWeight => 1;
    static bool IDeclaredEnergy.HasField => true;
    static double IDeclaredEnergy.FieldWeight => 1;
    static bool IDeclaredEnergy.HasExclusion => true;
}

/// <summary>A number of tokens as a type.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}

internal struct Count1024 : ICount { public static int Value => 1_024; }
internal struct Count4096 : ICount { public static int Value => 4_096; }
internal struct Count16384 : ICount { public static int Value => 16_384; }
internal struct Count65536 : ICount { public static int Value => 65_536; }

internal struct PlainEnergy<T> : IGeneralEnergy
    where T : ICount
{
    public static int Tokens => T.Value;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.2 * Math.Sqrt(T.Value);
}

internal struct TwoBitEnergy<T> : IGeneralEnergy
    where T : ICount
{
    public static int Tokens => T.Value;
    public static int Bits => 2;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.2 * Math.Sqrt(T.Value);
}

internal struct WindowEnergy<T> : IGeneralEnergy
    where T : ICount
{
    public static int Tokens => T.Value;
    public static int CouplingWindow => 128;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 3;
}

internal struct BlockEnergy<T> : IGeneralEnergy
    where T : ICount
{
    public static int Tokens => T.Value;
    public static int CouplingBlock => 250;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 3;
}

internal struct DecayEnergy<T> : IGeneralEnergy
    where T : ICount
{
    public static int Tokens => T.Value;
    public static bool HasPairPenalties => true;
    public static DistancePenalty LongRange => new(LongRangeForm.RewardFar, Decay.Exponential, 16, T.Value - 1, 1e-3);
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.2 * Math.Sqrt(T.Value);
}

internal struct FewEnergy<T> : IGeneralEnergy
    where T : ICount
{
    public static int Tokens => T.Value;
    public static int SumPenaltyCount => 1;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 8;
    public static SumPenalty GetSumPenalty(int index, ReadOnlySpan<double> computed) => new(ConstraintKind.AtMost, 32, 400);
}

/// <summary>Time and quality of the chain for everything that couplings kept as features come with.</summary>
internal static class GeneralMeasurement
{
    private const int Heads = 8, Rank = 16;

    /// <summary>Prints everything.</summary>
    public static void Run(TextWriter output)
    {
        output.WriteLine("ns per token, head and sweep: tokens 1,024, 4,096, 16,384, 65,536; power of growth");
        Growth<PlainEnergy<Count1024>, PlainEnergy<Count4096>, PlainEnergy<Count16384>, PlainEnergy<Count65536>>(output, "plain bits");
        Growth<TwoBitEnergy<Count1024>, TwoBitEnergy<Count4096>, TwoBitEnergy<Count16384>, TwoBitEnergy<Count65536>>(output, "two bits");
        Growth<WindowEnergy<Count1024>, WindowEnergy<Count4096>, WindowEnergy<Count16384>, WindowEnergy<Count65536>>(output, "window of 128");
        Growth<BlockEnergy<Count1024>, BlockEnergy<Count4096>, BlockEnergy<Count16384>, BlockEnergy<Count65536>>(output, "blocks of 250");
        Growth<DecayEnergy<Count1024>, DecayEnergy<Count4096>, DecayEnergy<Count16384>, DecayEnergy<Count65536>>(output, "exponential");
        Growth<FewEnergy<Count1024>, FewEnergy<Count4096>, FewEnergy<Count16384>, FewEnergy<Count65536>>(output, "at most 32");
        Gaps(output);
    }

    private static void Growth<T1, T2, T3, T4>(TextWriter output, string what)
        where T1 : struct, IDeclaredEnergy
        where T2 : struct, IDeclaredEnergy
        where T3 : struct, IDeclaredEnergy
        where T4 : struct, IDeclaredEnergy
    {
        double[] times = [Sweep<T1>(), Sweep<T2>(), Sweep<T3>(), Sweep<T4>()];
        double power = 1 + (Math.Log(times[3] / times[0]) / Math.Log(64));
        output.WriteLine(FormattableString.Invariant(
            $"{what,-16}{times[0],8:F1}{times[1],8:F1}{times[2],8:F1}{times[3],8:F1}{power,8:F2}"));
    }

    private static double Sweep<TEnergy>()
        where TEnergy : struct, IDeclaredEnergy
    {
        var problem = new Problem(TEnergy.Tokens, 1);
        var scratch = new float[FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(Rank)];
        var state = new byte[Heads * TEnergy.Tokens * TEnergy.Bits];
        int extra = TEnergy.Tokens > 20_000 ? 4 : 16;
        Time(6);
        double[] sweeps = [.. Enumerable.Range(0, 5).Select(_ => (Time(4 + extra) - Time(4)) / extra)];
        Array.Sort(sweeps);
        return sweeps[2] * 1e3 / (Heads * TEnergy.Tokens);

        double Time(int count)
        {
            RandomStream random = new(3);
            double start = ThreadClock.Microseconds;
            // At a fixed temperature: no descent at the end.
            FactoredAnnealer<DeclaredPlan<TEnergy>>.Run(problem.View, new(count, 1, 1, 2), ref random, state, scratch);
            return ThreadClock.Microseconds - start;
        }
    }

    private static void Gaps(TextWriter output)
    {
        output.WriteLine("at most 32 of 16,384, 8 heads: sweeps, ms of a read, mean gap to the lowest found of 3 problems");
        Problem[] problems = [.. Enumerable.Range(0, 3).Select(p => new Problem(16_384, (ulong)p + 7))];
        double[] best = [.. problems.Select(p => Math.Min(Read(p, 400, 1).Energy, Read(p, 400, 2).Energy))];
        foreach (int sweeps in new[] { 3, 10, 20, 30, 60, 100 })
        {
            (double Energy, double Milliseconds)[] reads = [.. problems.Select(p => Read(p, sweeps, 9))];
            double gap = reads.Zip(best, (r, b) => (r.Energy - b) / Math.Abs(b)).Average();
            output.WriteLine(FormattableString.Invariant(
                $"{sweeps,6}{reads.Average(r => r.Milliseconds),10:F1} ms{100 * gap,10:F2} %"));
        }

        static (double Energy, double Milliseconds) Read(Problem problem, int sweeps, ulong seed)
        {
            var scratch = new float[FactoredAnnealer<DeclaredPlan<FewEnergy<Count16384>>>.ScratchLength(Rank)];
            var state = new byte[Heads * 16_384];
            RandomStream random = new(seed);
            double start = ThreadClock.Microseconds;
            FactoredAnnealer<DeclaredPlan<FewEnergy<Count16384>>>.Run(
                problem.View, new(sweeps, 0.6, 0.07), ref random, state, scratch);
            double time = ThreadClock.Microseconds - start;
            return (DeclaredEnergy<FewEnergy<Count16384>>.Of(problem.View, state), time / 1e3);
        }
    }

    // As in a fresh layer: projections of variance 1/3.
    private sealed class Problem
    {
        private readonly float[] _rows, _columns, _fields;
        private readonly double[] _scales = [.. Enumerable.Repeat(0.25, Heads)];
        private readonly int _tokens;

        public Problem(int tokens, ulong seed)
        {
            var random = new RandomStream(seed);
            _tokens = tokens;
            int stride = (tokens + 15) / 16 * 16;
            (_rows, _columns) = (Normal(Heads * Rank * stride), Normal(Heads * Rank * stride));
            _fields = Normal(Heads * stride);

            float[] Normal(int length) =>
                [.. Enumerable.Range(0, length).Select(_ => (float)(Math.Sqrt(1.0 / 3) * random.NextNormal()))];
        }

        public FactoredView View => new(_rows, _columns, _fields, Rank, _scales, default, _tokens);
    }
}
