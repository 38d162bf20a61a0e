using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Transport;
using Qama.Cluster.Storage;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cluster.Machine;

/// <summary>A coherent Ising machine as a sampler, shared by a group: problems become tasks here, as with <see cref="CimSampler"/>, and
/// the owner of the machine's account takes them to the machine, in turns with those of others.</summary>
/// <remarks>
/// May be used by several threads. What anybody of the group has computed is answered from the journal. The owner may move to another
/// server at any time; tasks that it does not know are handed in again.
/// </remarks>
public sealed class ClusterCimSampler : ISampler
{
    private readonly ClusterCimOptions _options;
    private readonly TaskSampler _sampler;

    /// <summary>Creates a sampler.</summary>
    /// <param name="cluster">The cluster: a client's or a silo's.</param>
    /// <param name="account">The machine account, as the servers call it.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the computer's.</param>
    /// <exception cref="ArgumentException">The account's name or a setting is out of range.</exception>
    public ClusterCimSampler(
        IGrainFactory cluster, string account, ClusterCimOptions? options = null, ILogger? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        PostgresJournal.CheckAccount(account);
        _options = options ?? new ClusterCimOptions();
        _options.Check();
        time ??= TimeProvider.System;
        _sampler = new TaskSampler(
            new OwnerDesk(cluster.GetGrain<IMachineDesk>(account), account, _options, time), _options.Sampling, logger ?? NullLogger.Instance, time);
    }

    /// <inheritdoc/>
    public string Name => $"coherent Ising machine {_options.Sampling.Machine.Name}";

    /// <summary>What this sampler has done so far. Its submissions are those made for it: a task that somebody else wanted too counts
    /// for one of the two, and one whose owner was replaced on the way counts.</summary>
    public CimStatistics Statistics => _sampler.Statistics;

    /// <summary>The dry run: what a batch would need, and what the journal knows of it. Nothing is sent to the machine or
    /// recorded.</summary>
    /// <exception cref="ArgumentException">A problem has a coefficient that is not finite, or exceeds the machine.</exception>
    /// <exception cref="CimException">The journal or the owner cannot be reached, or a task's line in the journal is damaged.</exception>
    public Task<CimPlan> PlanAsync(ProblemBatch problems, CancellationToken cancellationToken = default) =>
        _sampler.PlanAsync(problems, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>After cancellation, tasks that have not left the queue leave it without the machine; others are finished, and their
    /// results are in the journal.</remarks>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a problem exceeds the machine, or the account's
    /// machine is another.</exception>
    /// <exception cref="NotSupportedException">A temperature was asked for: the machine has none to set.</exception>
    /// <exception cref="CimBudgetException">The batch would exceed a limit; nothing of it was submitted.</exception>
    /// <exception cref="CimTasksException">Some tasks have no result.</exception>
    /// <exception cref="CimException">The journal or the owner cannot be reached.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) =>
        new(_sampler.SampleAsync(problems, result, cancellationToken));
}
