using System.Diagnostics;
using System.Globalization;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Parallel tempering: replicas of a problem at a ladder of temperatures, each a heat-bath chain of the problem's own
/// kernel; neighbours trade places so that what is found while hot can settle while cold. For problems whose valleys
/// annealing does not leave. A read is the lowest state that any replica ended a round in, made a local minimum; with
/// <see cref="SampleSet.Temperature"/> set, the last state of the replica at that temperature.
/// </summary>
/// <remarks>
/// Swendsen and Wang, "Replica Monte Carlo simulation of spin glasses", Phys. Rev. Lett. 57, 2607 (1986); Hukushima and
/// Nemoto, "Exchange Monte Carlo method and application to spin glass simulations", J. Phys. Soc. Japan 65, 1604 (1996).
/// One sampler may be used by several threads; its settings should not change meanwhile. Nothing is allocated per call
/// after the first of a shape.
/// </remarks>
public sealed class ParallelTemperingSampler : ISampler
{
    private readonly Spare<Reads> _reads = new();
    private readonly DescriptionCache<(int Replicas, int Rounds, int Sweeps)> _description = new();

    /// <inheritdoc/>
    public string Name => "parallel tempering";

    /// <inheritdoc/>
    public bool SamplesAtTemperature => true;

    /// <summary>Number of temperatures, at least 2. Default 8.</summary>
    public int Replicas { get; set; } = 8;

    /// <summary>Rounds of sweeps and exchanges, at least 1. Default 100.</summary>
    public int Rounds { get; set; } = 100;

    /// <summary>Sweeps of every replica per round, at least 1. Default 5.</summary>
    public int Sweeps { get; set; } = 5;

    /// <summary>Highest temperature in units of the problem's hot scale (<see cref="AnnealingSchedule"/>). Default 0.6.</summary>
    public double Hot { get; set; } = 0.6;

    /// <summary>Lowest temperature in units of the problem's cold scale; where a temperature is asked for, that one takes
    /// its place. Default 0.07.</summary>
    public double Cold { get; set; } = 0.07;

    /// <summary>Told how reads proceed: the lowest energy of all replicas after each round. Not called where a temperature is asked for. Null (default) for none; telling
    /// allocates.</summary>
    public EnergyTrace? Trace { get; set; }

    /// <summary>Threads, 0 for all processors (default). Results do not depend on it.</summary>
    public int Threads { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">See <see cref="SimulatedAnnealingSampler.SampleAsync"/>.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        SamplingChecks.Check(problems, result, cancellationToken);
        SamplingChecks.AtLeast(Replicas, 2, nameof(Replicas));
        SamplingChecks.AtLeast(Rounds, 1, nameof(Rounds));
        SamplingChecks.AtLeast(Threads, 0, nameof(Threads));
        new AnnealingSchedule(Sweeps, Hot, Cold).Check();
        SamplingChecks.Kernels();
        var settings = new TemperingSettings(Replicas, Rounds, Sweeps, Hot, Cold, result.Temperature);

        using (Spare<Reads>.Lease reads = _reads.Take())
        {
            reads.Value.Run(problems, result, key, settings, Trace, Threads, cancellationToken);
        }

        result.Provenance = _description.Get((Replicas, Rounds, Sweeps), static s => string.Create(
            CultureInfo.InvariantCulture,
            $"parallel tempering, {s.Replicas} replicas, {s.Rounds} rounds of {s.Sweeps} sweeps"));
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    private sealed class Reads : ReadsJob<ReplicaLadder>
    {
        private TemperingSettings _settings;
        private EnergyTrace? _trace;

        public void Run(
            ProblemBatch problems, SampleSet result, SamplingKey key, in TemperingSettings settings, EnergyTrace? trace,
            int threads, CancellationToken cancellation)
        {
            (_settings, _trace) = (settings, trace);
            Run(problems, result, key, threads, cancellation);
        }

        protected override void Prepare(ReplicaLadder memory)
        {
            memory.Reserve(Problems);
            memory.Reserve(_settings.Replicas, Problems.VariableCount, Problems.ReplicaLength);
        }

        protected override double Read(
            int problem, int read, ref RandomStream random, Span<byte> state, ReplicaLadder memory)
        {
            memory.Run(Problems, problem, read, _settings, _trace, ref random, state, Cancellation);
            return Problems.EnergyWithoutConstant(problem, state);
        }
    }
}
