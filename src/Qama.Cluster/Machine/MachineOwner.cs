using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Qama.Cim.Journal;
using Qama.Cim.Transport;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Machine;

/// <summary>The owner of an account as a grain. It is not the grain's single activation that a content is paid once for, but the
/// journal: an activation that was replaced can claim nothing.</summary>
[Reentrant] // calls wait for tasks
[KeepAlive] // tasks go on without calls
[GrainType("qama-machine-owner")]
internal sealed class MachineOwner(
    ClusterSettings settings, IServiceProvider services, ILogger<MachineOwner> logger) : Grain, IMachineDesk
{
    // Well below Orleans' time limit of calls, 30 s.
    private static readonly TimeSpan _longestOpening = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task<MachineWork> _opening = null!;
    private CancellationTokenRegistration? _stopping; // calls that wait would hold up the silo's end

    private string Account => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Not waited for: a database that is away must not make calls time out.
        _opening = Task.Run(OpenAsync, CancellationToken.None);
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

        if (_stopping is { } stopping)
        {
            await stopping.DisposeAsync();
        }

        await work.DisposeAsync();
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

    private async Task<MachineWork> OpenAsync()
    {
        CimJournal? journal = null;
        ICimTransport? transport = null;
        try
        {
            MachineOptions options = (services.GetService<MachineAccounts>() ?? new MachineAccounts()).Find(Account);
            journal = settings.Postgres is { } postgres
                ? await PostgresJournal.OpenAsync(postgres, Account).ConfigureAwait(false)
                : CimJournal.Open(options.JournalFile ?? Path.Combine("machines", Account + ".db"));
            transport = await options.Transport!(services, _stop.Token).ConfigureAwait(false);
            MachineWork work = await MachineWork.StartAsync(Account, options, journal, transport, logger, TimeProvider.System).ConfigureAwait(false);
            _stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(work.GiveUp);
            MachineLog.Opened(logger, Account);
            return work;
        }
        catch (Exception e)
        {
            if (transport is not null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }

            if (journal is not null)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            MachineLog.NotOpened(logger, Account, e is CimException ? e.Message : e.GetType().Name);
            throw e is CimException ? e : new CimConfigurationException(
                $"Machine account {Account} cannot be used: {e.GetType().Name} while its transport was made. The server's log says more.", e);
        }
    }
}
