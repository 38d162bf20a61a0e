using System.Diagnostics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Formats;

namespace Qama.Tool.Solving;

/// <summary>Searches: reads that do not depend on each other, on all threads, each kept when it ends, so that a search
/// that is cancelled has what was found.</summary>
internal sealed class Solver
{
    private const int FirstSweeps = 2; // of the look before the reads
    private const int LeastSweeps = 10; // of reads against the clock, which double
    private const int MostSweeps = 4000;
    private const double SameEnergy = 1e-9; // relative

    private readonly Lock _access = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<FoundState> _found = [];
    private readonly List<(double Seconds, double Energy)> _race = [];
    private readonly PlainProblem _problem;
    private readonly SolveSettings _settings;
    private readonly Action<int, double>? _progress;
    private readonly CancellationToken _stop;
    private ProblemBatch? _batch;
    private int _reads;
    private int _readsAtBest;
    private int _next = -1;

    private Solver(PlainProblem problem, SolveSettings settings, Action<int, double>? progress,
        CancellationToken stop) =>
        (_problem, _settings, _progress, _stop) = (problem, settings, progress, stop);

    /// <summary>Searches.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="settings">With what, and how long.</param>
    /// <param name="progress">Told after every read how many ended, and the lowest energy; null for nobody.</param>
    /// <param name="stop">Ends the search: what was found until then is the result.</param>
    /// <exception cref="InvalidDataException">The sampler does not take the problem.</exception>
    public static SolveResult Run(
        PlainProblem problem, SolveSettings settings, Action<int, double>? progress, CancellationToken stop)
    {
        try
        {
            return new Solver(problem, settings, progress, stop).Run();
        }
        catch (Exception e) when (Reason(e) is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{settings.Sampler}: {Reason(e).Message.Split(" (Parameter")[0]}", e);
        }
    }

    // Of threads that failed, what the first met.
    private static Exception Reason(Exception e) => e is AggregateException several ? several.InnerExceptions[0] : e;

    private SolveResult Run()
    {
        bool cancelled = false;
        FoundState? first = null;
        try
        {
            if (_problem.Size == 0)
            {
                Keep(new(0, _problem.Offset, [], 0));
            }
            else
            {
                _batch = Samplers.Batch(_problem);
                first = Find(_settings.Sampler == Samplers.Exact ? "sa" : _settings.Sampler, FirstSweeps, 1, -1,
                    _stop)[0];
                _clock.Restart(); // what was set up and compiled by then is not the sampler's
                Search();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            cancelled = true;
        }

        lock (_access)
        {
            Sort();
            bool look = _found.Count == 0 && first is not null;
            return new(
                _settings, look ? [first!] : [.. _found], _reads, _readsAtBest, [.. _race], _clock.Elapsed.TotalSeconds,
                cancelled, look);
        }
    }

    private void Search()
    {
        int threads = _settings.Threads == 0 ? Environment.ProcessorCount : _settings.Threads;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = _stop };
        if (_settings.Sampler == Samplers.Exact)
        {
            int states = _problem.Size < 20 ? 1 << _problem.Size : int.MaxValue; // further reads would repeat the lowest
            Array.ForEach(Find(Samplers.Exact, 0, Math.Min(states, _settings.Reads), 0, _stop), Keep);
        }
        else if (_settings.Seconds is { } seconds)
        {
            Parallel.For(0, threads, options, _ => RepeatUntil(seconds));
            _stop.ThrowIfCancellationRequested();
        }
        else
        {
            int sweeps = _settings.Sweeps ?? SolveSettings.UsualSweeps;
            Parallel.For(0, _settings.Reads, options, read => Keep(Find(_settings.Sampler, sweeps, 1, read, _stop)[0]));
        }
    }

    // Reads of more and more sweeps, so that there is a state early and good ones later.
    private void RepeatUntil(double seconds)
    {
        int sweeps = _settings.Sweeps ?? LeastSweeps;
        while (seconds - _clock.Elapsed.TotalSeconds is > 0 and double left)
        {
            double begun = _clock.Elapsed.TotalSeconds;
            using var clock = CancellationTokenSource.CreateLinkedTokenSource(_stop);
            clock.CancelAfter(TimeSpan.FromSeconds(left));
            try
            {
                Keep(Find(_settings.Sampler, sweeps, 1, Interlocked.Increment(ref _next), clock.Token)[0]);
            }
            catch (OperationCanceledException)
            {
                return; // the time is over, or the whole search is: what is left undone is not kept
            }

            double each = Math.Max(1e-9, (_clock.Elapsed.TotalSeconds - begun) / sweeps);
            double possible = (seconds - _clock.Elapsed.TotalSeconds) / each;
            if (_settings.Sweeps is null)
            {
                sweeps = (int)Math.Clamp(possible, LeastSweeps, Math.Min(2 * sweeps, MostSweeps));
            }
        }
    }

    private FoundState[] Find(string name, int sweeps, int reads, int step, CancellationToken stop)
    {
        var samples = new SampleSet(1, reads, _problem.Size);
        Samplers.Create(name, sweeps, _problem.Size).SampleAsync(
            _batch!, samples, new SamplingKey(_settings.Seed, step), stop)
            .AsTask().GetAwaiter().GetResult();
        var found = new FoundState[reads];
        for (int r = 0; r < reads; r++)
        {
            var state = new sbyte[_problem.Size];
            for (int i = 0; i < state.Length; i++)
            {
                state[i] = (sbyte)(_problem.Kind == VariableKind.Binary ? samples.State(0, r)[i]
                    : (2 * samples.State(0, r)[i]) - 1);
            }

            found[r] = new(Math.Max(0, step) + r, _problem.Energy(state), state, _clock.Elapsed.TotalSeconds);
        }

        return found;
    }

    private void Keep(FoundState state)
    {
        lock (_access)
        {
            double best = _race.Count > 0 ? _race[^1].Energy : double.PositiveInfinity;
            if (state.Energy < best)
            {
                _readsAtBest = best - state.Energy <= SameEnergy * Math.Abs(state.Energy) ? _readsAtBest : 0;
                _race.Add((state.Seconds, state.Energy));
                best = state.Energy;
            }

            _readsAtBest += state.Energy - best <= SameEnergy * Math.Abs(best) ? 1 : 0;
            _reads++;
            _found.Add(state);
            if (_found.Count > 2 * _settings.Reads)
            {
                Sort();
            }

            _progress?.Invoke(_reads, best);
        }
    }

    private void Sort()
    {
        _found.Sort((a, b) => a.Energy != b.Energy ? a.Energy.CompareTo(b.Energy) : a.Read.CompareTo(b.Read));
        if (_found.Count > _settings.Reads)
        {
            _found.RemoveRange(_settings.Reads, _found.Count - _settings.Reads);
        }
    }
}
