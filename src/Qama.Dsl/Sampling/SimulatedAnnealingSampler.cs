using System.Diagnostics;
using System.Globalization;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Simulated annealing: each read is the best of one or more annealings by the problem's own kernel. With
/// <see cref="SampleSet.Temperature"/> set, each read is the last state of a chain at that temperature.
/// </summary>
/// <remarks>
/// A sweep proposes one change to every variable. In a declared model heads that exclude each other also hand tokens
/// over: what one has selected and another has not becomes the other's. With plain bits this is done in the second half
/// of an annealing, in all sweeps at a fixed temperature, and at the end until nothing is gained, at most eight times.
/// Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220, 671 (1983). One sampler may be used
/// by several threads; its settings should not change meanwhile. Nothing is allocated per call after the first of a shape.
/// </remarks>
public sealed class SimulatedAnnealingSampler : ISampler
{
    private readonly Spare<Reads> _reads = new();
    private readonly DescriptionCache<AnnealingSchedule> _description = new();

    /// <inheritdoc/>
    public string Name => "simulated annealing";

    /// <inheritdoc/>
    public bool SamplesAtTemperature => true;

    /// <summary>Sweeps over all variables per annealing, at least 1. Default 100.</summary>
    /// <remarks>At a fixed temperature this is the length of the chain that each read is the end of.</remarks>
    public int Sweeps { get; set; } = 100;

    /// <summary>Annealings per read, of which the best is kept; at least 1. Default 1. Without effect at a fixed
    /// temperature.</summary>
    /// <remarks>The first starts from a greedy state, the others from random ones. To reach the lowest energy rather than
    /// a low one, several annealings of about 1,000 sweeps do better than one long one.</remarks>
    public int Restarts { get; set; } = 1;

    /// <summary>First temperature in units of the problem's hot scale (<see cref="AnnealingSchedule"/>). Default 0.6.</summary>
    /// <remarks>Hotter is safer where the lowest states are far from the greedy one, colder faster elsewhere.</remarks>
    public double Hot { get; set; } = 0.6;

    /// <summary>Last temperature in units of the problem's cold scale. Default 0.07.</summary>
    public double Cold { get; set; } = 0.07;

    /// <summary>Told how reads proceed: the lowest energy after each sweep, counted over all annealings of the read. Not called where a temperature is asked for, nor for problems whose tokens nothing couples but penalties on sums, whose lowest
    /// energy is computed. Null (default) for none; telling
    /// allocates.</summary>
    public EnergyTrace? Trace { get; set; }

    /// <summary>Told after every sweep of every read how far the read is, at a temperature too. Null (default) for none; telling allocates
    /// for every read, and costs no more than the call. Problems that anneal by other means than sweeps tell nothing.</summary>
    public IProgress<SweepProgress>? Progress { get; set; }

    /// <summary>Threads, 0 for all processors (default). Results do not depend on it.</summary>
    /// <remarks>Reads are shared out among them. Where there are fewer reads, each uses an equal number of threads if its problem is long: of
    /// plain bits whose couplings are kept as features, from 16,384 tokens on; at most one thread for every two heads that exclude each
    /// other, or for every head.</remarks>
    public int Threads { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR, which may choose the registers the
    /// kernels work in (512, 256 or 128 bits; never the results), has another value.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        SamplingChecks.Check(problems, result, cancellationToken);
        SamplingChecks.AtLeast(Restarts, 1, nameof(Restarts));
        var schedule = new AnnealingSchedule(Sweeps, Hot, Cold, result.Temperature, Restarts);
        schedule.Check();
        SamplingChecks.AtLeast(Threads, 0, nameof(Threads));
        SamplingChecks.Kernels();

        using (Spare<Reads>.Lease reads = _reads.Take())
        {
            reads.Value.Run(problems, result, key, schedule, (Trace, Progress), Threads, cancellationToken);
        }

        result.Provenance = _description.Get(schedule, Describe);
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    private static string Describe(AnnealingSchedule schedule) => schedule.FixedTemperature is double temperature
        ? string.Create(
            CultureInfo.InvariantCulture, $"heat bath at temperature {temperature:G6}, {schedule.Sweeps} sweeps")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"simulated annealing, {schedule.Sweeps} sweeps, best of {schedule.Restarts}");

    private sealed class Reads : ReadsJob<KernelMemory>
    {
        private AnnealingSchedule _schedule;
        private (EnergyTrace? Trace, IProgress<SweepProgress>? Progress) _told;

        public void Run(
            ProblemBatch problems, SampleSet result, SamplingKey key, in AnnealingSchedule schedule,
            (EnergyTrace? Trace, IProgress<SweepProgress>? Progress) told, int threads, CancellationToken cancellation)
        {
            (_schedule, _told) = (schedule with { Cancellation = cancellation }, told);
            Run(problems, result, key, threads, cancellation);
        }

        protected override void Prepare(KernelMemory memory) => memory.Reserve(Problems);

        protected override double Read(
            int problem, int read, ref RandomStream random, Span<byte> state, KernelMemory memory)
        {
            AnnealingSchedule schedule = _told == default ? _schedule : _schedule with
            {
                Observer = _told.Trace is null ? null : Observer(_told.Trace, problem, read),
                Progress = _told.Progress is null ? null : new ReadProgress(_told.Progress, problem, read, SweepsOf(_schedule)),
            };
            Problems.Anneal(problem, schedule, ref random, state, memory.Scratch);
            return Problems.EnergyWithoutConstant(problem, state);
        }

        private static long SweepsOf(in AnnealingSchedule schedule) =>
            (long)schedule.Sweeps * (schedule.FixedTemperature is null ? schedule.Restarts : 1);

        private AnnealingObserver Observer(EnergyTrace trace, int problem, int read)
        {
            ProblemBatch problems = Problems;
            (int sweep, double least) = (0, double.PositiveInfinity);
            return state =>
            {
                least = Math.Min(least, problems.Energy(problem, state));
                trace(problem, read, ++sweep, least);
            };
        }
    }

    private sealed class ReadProgress(IProgress<SweepProgress> told, int problem, int read, long sweeps) : IProgress<long>
    {
        public void Report(long value) => told.Report(new(problem, read, value, sweeps));
    }
}
