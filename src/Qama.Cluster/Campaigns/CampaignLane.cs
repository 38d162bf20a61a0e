using Orleans.Runtime;
using Qama.Cluster.Members;

namespace Qama.Cluster.Campaigns;

/// <summary>What a coordinator does with one worker: it fills the worker's places and asks how the tasks are, until the worker is dead
/// or the campaign has ended.</summary>
internal sealed class CampaignLane(SiloAddress silo, CampaignBoard board, string campaign, IGrainFactory grains, IWorkerDirectory directory)
{
    // Also the time until places that another campaign has left are seen.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly string _worker = silo.ToParsableString();
    private readonly ICampaignWorker _grain = grains.GetGrain<ICampaignWorker>(WorkerKeys.On(silo, ICampaignWorker.Part));
    private WorkerOffer _offer = new(0, 0, []);
    private string? _problem;
    private Task _stopped = Task.CompletedTask;

    /// <summary>The worker, for the campaign's status.</summary>
    public CampaignWorkerStatus Status => new(_worker, _offer.Places, board.On(_worker).Length, _problem);

    /// <summary>Serves the worker. Ends when the worker is dead, when it stops and has nothing left, or when it is told to.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _stopped = Task.Delay(Timeout.Infinite, stop);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!await TurnAsync(stop))
                {
                    return;
                }
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                _problem = e.Message;
                if (!directory.MayLive(silo))
                {
                    await LoseAllAsync(stop);
                    return;
                }

                await Task.Delay(_pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }

    /// <summary>Ends what the worker runs for the campaign, as far as it can be reached.</summary>
    public async Task CancelAsync()
    {
        CampaignEntry[] mine = board.On(_worker);
        if (mine.Length > 0)
        {
            await _grain.ForgetAsync([.. mine.Select(e => e.Row.RunId)])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        foreach (CampaignEntry entry in mine)
        {
            await board.GiveBackAsync(entry, entry.Row.RunId);
        }
    }

    // One question to the worker, and what follows from the answer. False when there is nothing more to do here.
    private async Task<bool> TurnAsync(CancellationToken stop)
    {
        CampaignEntry[] mine = board.On(_worker);
        Task<WorkerAnswer> asked = _grain.WaitAsync([.. mine.Select(e => e.Row.RunId)]);
        while (!asked.IsCompleted)
        {
            Task changed = board.Changed;
            await Task.WhenAny(asked, changed, _stopped);
            if (stop.IsCancellationRequested)
            {
                asked.Ignore();
                return false;
            }

            // Something may wait now that did not when the worker was asked, or none of these may run any more.
            if (!asked.IsCompleted && (_offer.Free > 0 && board.NextWaiting is not null || board.On(_worker).Length < mine.Length))
            {
                asked.Ignore();
                await FillAsync();
                return true;
            }
        }

        WorkerAnswer answer = await asked;
        _offer = answer.Offer;
        await HearAsync(mine, answer.Reports);
        bool knows = _offer.Tasks.Contains(board.File.Task);
        _problem = _offer.Places == 0 ? "It is stopping." : knows ? null
            : $"It has no task '{board.File.Task}', but {(_offer.Tasks.Length > 0 ? string.Join(", ", _offer.Tasks) : "none")}.";
        if (!knows)
        {
            _offer = _offer with { Free = 0 };
        }

        await FillAsync();
        if (board.On(_worker).Length > 0)
        {
            return true;
        }

        if (_offer.Places == 0)
        {
            return false;
        }

        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(board.Changed, Task.Delay(_pause, pause.Token));
        await pause.CancelAsync();
        return true;
    }

    private async Task FillAsync()
    {
        while (_offer.Free > 0 && board.NextWaiting is { } entry)
        {
            if (!await board.ClaimAsync(entry, _worker))
            {
                continue;
            }

            CampaignTask task = entry.Task;
            Guid run = entry.Row.RunId;
            entry.Progress = 0;
            var order = new RunOrder(
                run, campaign, board.File.Task, task.Key, task.Variant, task.DataSet, task.Seed, task.Options);
            if (await _grain.StartAsync(order))
            {
                _offer = _offer with { Free = _offer.Free - 1 };
            }
            else
            {
                _offer = _offer with { Free = 0 };
                await board.GiveBackAsync(entry, run);
            }
        }
    }

    private async Task HearAsync(CampaignEntry[] mine, RunReport[] reports)
    {
        var heard = new List<Guid>();
        foreach ((CampaignEntry entry, RunReport report) in mine.Zip(reports))
        {
            switch (report.State)
            {
                case RunState.Running:
                    entry.Progress = report.Progress;
                    continue;
                case RunState.Done:
                    await board.FinishAsync(entry, report.Text!);
                    break;
                case RunState.Failed:
                    await board.FailAsync(entry, report.RunId, report.Text ?? "");
                    break;
                default:
                    await board.GiveBackAsync(entry, report.RunId);
                    break;
            }

            heard.Add(report.RunId);
        }

        if (heard.Count > 0)
        {
            await _grain.ForgetAsync([.. heard]);
        }
    }

    private async Task LoseAllAsync(CancellationToken stop)
    {
        while (board.On(_worker) is { Length: > 0 } mine && !stop.IsCancellationRequested)
        {
            try
            {
                foreach (CampaignEntry entry in mine)
                {
                    await board.LoseAsync(entry, entry.Row.RunId);
                }
            }
            catch (Exception) when (!stop.IsCancellationRequested)
            {
                // The store is away: nothing else to do for this worker than to try again.
                await Task.Delay(_pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }
}
