using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>The owner of an account as a grain. It is not the grain's single activation that a content is paid once for, but the
/// journal: an activation that was replaced can claim nothing.</summary>
[Reentrant] // calls wait for tasks
[KeepAlive] // tasks go on without calls
[GrainType("qama-machine-owner")]
[SuppressMessage("Design", "CA1001", Justification = "Disposed of when the activation ends.")]
internal sealed class MachineOwner(
    ClusterSettings settings, IServiceProvider services, ILogger<MachineOwner> logger) : Grain, IMachineDesk
{
    // Well below the time limit of calls.
    private static readonly TimeSpan _longestOpening = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task<MachineWork> _opening = null!;

    private string Account => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Not waited for: a database that is away must not make calls time out.
        _opening = Task.Run(() => MachineOpening.OpenAsync(Account, settings, services, logger, _stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "Opening has failed; whoever called was told.")]
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        MachineWork work;
        try
        {
            work = await _opening;
        }
        catch (Exception)
        {
            return;
        }

        await work.DisposeAsync();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    public async Task<MachineReply> RunAsync(MachineRequest request)
    {
        try
        {
            MachineWork work = await WorkAsync();
            MachineReply reply = work.IsOver ? new MachineReply { Kind = ReplyKind.Elsewhere } : await work.RunAsync(request);
            if (work.IsOver)
            {
                DeactivateOnIdle();
            }

            return reply;
        }
        catch (CimException e)
        {
            return new MachineReply { Kind = ReplyKind.Failed, Error = MachineError.Of(e) };
        }
        catch (Exception e) when (e is TimeoutException or ObjectDisposedException)
        {
            return new MachineReply { Kind = ReplyKind.Elsewhere }; // not open yet, or closed meanwhile
        }
    }

    /// <inheritdoc/>
    public async Task WakeAsync()
    {
        if ((await WorkAsync()).IsOver)
        {
            DeactivateOnIdle();
        }
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(Guid request, string key) => (await WorkAsync()).Leave(request, key);

    /// <inheritdoc/>
    public async Task<StoredTask?[]> KnownAsync(TaskDescription[] tasks) => await (await WorkAsync()).KnownAsync(tasks);

    /// <inheritdoc/>
    public async Task<MachineTerms> TermsAsync(string caller) => await (await WorkAsync()).TermsAsync(caller);

    /// <inheritdoc/>
    public async Task<MachineStatus> StatusAsync() => await (await WorkAsync()).StatusAsync();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CallerStatus>> CallersAsync(int skip, int take)
    {
        CheckPage(skip, take);
        return await (await WorkAsync()).CallersAsync(skip, take);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TaskStatusEntry>> QueueAsync(int skip, int take)
    {
        CheckPage(skip, take);
        return (await WorkAsync()).Queue(skip, take);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TaskStatusEntry>> TasksAsync(JournalState state, int skip, int take)
    {
        CheckPage(skip, take);
        if (!Enum.IsDefined(state) || state == JournalState.Damaged)
        {
            throw new ArgumentException($"Expected a state of the journal, got {state}.", nameof(state));
        }

        return await (await WorkAsync()).TasksAsync(state, skip, take);
    }

    /// <inheritdoc/>
    public async Task<bool> CancelAsync(string key) => (await WorkAsync()).Cancel(key);

    /// <inheritdoc/>
    public async Task EndAsync(string key, JournalState state, string reason) => await (await WorkAsync()).EndAsync(key, state, reason);

    private static void CheckPage(int skip, int take)
    {
        if (skip < 0 || take is < 1 or > 1000)
        {
            throw new ArgumentException($"Expected a start that is not negative and 1 to 1000 items, got {skip} and {take}.", nameof(take));
        }
    }

    // An owner that cannot work makes room for one that can.
    private async Task<MachineWork> WorkAsync()
    {
        try
        {
            return await _opening.WaitAsync(_longestOpening);
        }
        catch (CimException)
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
