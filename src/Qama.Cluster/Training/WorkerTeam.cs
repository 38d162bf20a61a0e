using System.Diagnostics;
using Orleans.Runtime;
using Qama.Cluster.Members;

namespace Qama.Cluster.Training;

/// <summary>Work in pieces, of which any worker can do any range, any number of times, with the same result.</summary>
internal interface IPieces
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>Whether a piece's result is there.</summary>
    bool IsDone(int piece);

    /// <summary>Has a worker do a range, and takes the result.</summary>
    /// <exception cref="WorkerLostException">The worker is not what it was.</exception>
    Task SendAsync(TeamMember member, int first, int end);
}

/// <summary>A worker that does not take part any more, for now: it may join again.</summary>
internal sealed class WorkerLostException(string message) : Exception(message);

/// <summary>A worker that takes part in a run.</summary>
internal sealed class TeamMember(SiloAddress silo, ITrainingWorker grain)
{
    public SiloAddress Silo => silo;

    public ITrainingWorker Grain => grain;

    /// <summary>The state that the worker has.</summary>
    public long Version { get; set; } = -1;

    /// <summary>The call under way: of which work, which pieces, since when; null if there is none.</summary>
    public (IPieces Work, int First, int End, long Start)? Call { get; set; }

    /// <summary>Pieces per second of the last call; 0 before one.</summary>
    public double Speed { get; set; }
}

/// <summary>The workers of one run: who takes part, and who does what. All of it runs on the grain's scheduler, one turn at a
/// time.</summary>
/// <param name="directory">Which workers are alive.</param>
/// <param name="find">A worker's grain of this run.</param>
/// <param name="join">What a worker is asked before it takes part.</param>
internal sealed class WorkerTeam(IWorkerDirectory directory, Func<SiloAddress, ITrainingWorker> find, JoinRequest join)
{
    private static readonly TimeSpan _scanTime = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for one call while others have nothing to do, before there is a measure.</summary>
    private const double FirstPatience = 30;

    /// <summary>How many times as long as expected a call may take while others have nothing to do, and seconds on top.</summary>
    private const double Patience = 3;
    private const double LeastPatience = 0.25;

    private readonly Dictionary<SiloAddress, TeamMember> _members = [];
    private readonly Dictionary<SiloAddress, string> _refused = [];
    private readonly HashSet<SiloAddress> _joining = [];
    private TaskCompletionSource _pulse = NewPulse();

    /// <summary>Called when workers have come, gone or been refused.</summary>
    public Action? Changed { get; init; }

    /// <summary>Workers that take part.</summary>
    public int Count => _members.Count;

    /// <summary>Those that do not, and why.</summary>
    public Fact[] Refused => [.. _refused.Select(r => new Fact(r.Key.ToString(), r.Value))];

    /// <summary>Pieces that were handed out, and how many of them for another time.</summary>
    public (long All, long Repeated) Pieces { get; private set; }

    /// <summary>Lets workers in as they come and forgets those that go, until stopped.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            HashSet<SiloAddress> alive = [.. directory.Workers];
            foreach (SiloAddress silo in _members.Keys.Concat(_refused.Keys).Where(s => !alive.Contains(s)).ToArray())
            {
                Leaves(silo);
                _refused.Remove(silo);
            }

            foreach (SiloAddress silo in alive)
            {
                if (!_members.ContainsKey(silo) && !_refused.ContainsKey(silo) && _joining.Add(silo))
                {
                    _ = JoinAsync(silo);
                }
            }

            try
            {
                await directory.ChangedAsync(_scanTime, stop).ConfigureAwait(true);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Has all pieces done; waits for workers as long as there are none. Pieces of a worker that fails, or that takes much longer
    /// than it should, go to others.</summary>
    public async Task DistributeAsync(IPieces work, CancellationToken stop)
    {
        var handedOut = new bool[work.Count];
        while (Missing(work) is { Count: > 0 } missing)
        {
            stop.ThrowIfCancellationRequested();
            Task pulse = _pulse.Task;
            TimeSpan wait = HandOut(work, missing, handedOut);
            if (_pulse.Task == pulse) // else something has ended while it was begun
            {
                try
                {
                    await pulse.WaitAsync(wait, stop).ConfigureAwait(true);
                }
                catch (TimeoutException)
                {
                    // Somebody's patience is over.
                }
            }

            if (_pulse.Task.IsCompleted)
            {
                _pulse = NewPulse();
            }
        }
    }

    /// <summary>Lets all go.</summary>
    public void Dismiss()
    {
        foreach (TeamMember member in _members.Values)
        {
            member.Grain.LeaveAsync().Ignore();
        }

        _members.Clear();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static List<int> Missing(IPieces work) => [.. Enumerable.Range(0, work.Count).Where(p => !work.IsDone(p))];

    // Ranges for those who have nothing to do; the time after which to look again.
    private TimeSpan HandOut(IPieces work, List<int> missing, bool[] handedOut)
    {
        TeamMember[] idle = [.. _members.Values.Where(m => m.Call is null).OrderBy(m => m.Silo)];
        double patience = double.PositiveInfinity;
        var open = new List<int>(missing);
        double known = _members.Values.Where(m => m.Speed > 0).Select(m => m.Speed).DefaultIfEmpty(0).Min();
        foreach (TeamMember member in _members.Values)
        {
            if (member.Call is not { } call || call.Work != work)
            {
                continue;
            }

            double expected = known > 0 ? LeastPatience + Patience * (call.End - call.First) / known : FirstPatience;
            double left = expected - Stopwatch.GetElapsedTime(call.Start).TotalSeconds;
            if (left > 0)
            {
                open.RemoveAll(p => p >= call.First && p < call.End);
                patience = Math.Min(patience, left);
            }
        }

        // Shares in proportion to speed, each the first run of neighbours of it.
        double mean = idle.Where(m => m.Speed > 0).Select(m => m.Speed).DefaultIfEmpty(1).Average();
        double all = idle.Sum(m => m.Speed > 0 ? m.Speed : mean);
        double sum = 0;
        int from = 0;
        foreach (TeamMember member in idle)
        {
            sum += member.Speed > 0 ? member.Speed : mean;
            int to = member == idle[^1] ? open.Count : (int)Math.Round(open.Count * sum / all);
            int length = 0;
            while (from + length < to && open[from + length] == open[from] + length)
            {
                length++;
            }

            if (length > 0)
            {
                int first = open[from];
                int repeated = handedOut.AsSpan(first, length).Count(true);
                Pieces = (Pieces.All + length, Pieces.Repeated + repeated);
                handedOut.AsSpan(first, length).Fill(true);
                _ = SendAsync(work, member, first, first + length);
            }

            from = to;
        }

        return TimeSpan.FromSeconds(Math.Min(patience, _scanTime.TotalSeconds));
    }

    private async Task SendAsync(IPieces work, TeamMember member, int first, int end)
    {
        long start = Stopwatch.GetTimestamp();
        member.Call = (work, first, end, start);
        try
        {
            await work.SendAsync(member, first, end).ConfigureAwait(true);
            member.Speed = (end - first) / Math.Max(1e-6, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        catch (Exception e) when (e is WorkerLostException or OrleansException or TimeoutException)
        {
            Leaves(member.Silo); // and joins again, if it is alive
        }
        catch (Exception e)
        {
            // Whatever a task's own code throws concerns this worker alone.
            _refused[member.Silo] = $"{e.GetType().Name}: {e.Message}";
            Leaves(member.Silo);
        }

        member.Call = null;
        _pulse.TrySetResult();
    }

    private async Task JoinAsync(SiloAddress silo)
    {
        try
        {
            ITrainingWorker grain = find(silo);
            if (await grain.JoinAsync(join).ConfigureAwait(true) is { } refusal)
            {
                _refused[silo] = refusal;
            }
            else if (directory.Workers.Contains(silo))
            {
                _members[silo] = new TeamMember(silo, grain);
            }
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or ArgumentException)
        {
            // Not there any more, or not known well enough yet (Orleans' ArgumentException): it is asked again while it is alive.
        }
        finally
        {
            _joining.Remove(silo);
        }

        _pulse.TrySetResult();
        Changed?.Invoke();
    }

    private void Leaves(SiloAddress silo)
    {
        if (_members.Remove(silo))
        {
            _pulse.TrySetResult();
            Changed?.Invoke();
        }
    }
}
