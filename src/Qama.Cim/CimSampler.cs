using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim.Journal;
using Qama.Cim.Transport;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim;

/// <summary>
/// A coherent Ising machine as a sampler: problems are reduced to its integers, packed into tasks, submitted once and
/// recorded; answers are validated and their energies computed anew from the original problems.
/// </summary>
/// <remarks>
/// May be used by several threads. The same problems are answered from the journal, unless
/// <see cref="CimSamplerOptions.Repetition"/> differs. The sampling key is not used: a machine has its own noise.
/// </remarks>
public sealed class CimSampler : ISampler
{
    private readonly CimSamplerOptions _options;
    private readonly TaskSampler _sampler;

    /// <summary>Creates a sampler; transport and journal stay the caller's to dispose.</summary>
    /// <param name="transport">The way to the machine.</param>
    /// <param name="journal">The record of what was sent.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the computer's.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public CimSampler(
        ICimTransport transport, CimJournal journal, CimSamplerOptions? options = null, ILogger? logger = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(journal);
        options ??= new CimSamplerOptions();
        options.Check();
        time ??= TimeProvider.System;
        logger ??= NullLogger.Instance;
        _options = options;
        _sampler = new TaskSampler(new OwnDesk(journal, transport, options, logger, time), options, logger, time);
    }

    /// <inheritdoc/>
    public string Name => $"coherent Ising machine {_options.Machine.Name}";

    /// <summary>What this sampler has done so far.</summary>
    public CimStatistics Statistics => _sampler.Statistics;

    /// <summary>The dry run: what a batch would need, and what the journal knows of it. Nothing is sent or recorded.</summary>
    /// <exception cref="ArgumentException">A problem has a coefficient that is not finite, or exceeds the machine.</exception>
    /// <exception cref="CimJournalException">The journal cannot be read, or a task's line in it is damaged.</exception>
    public Task<CimPlan> PlanAsync(ProblemBatch problems, CancellationToken cancellationToken = default) =>
        _sampler.PlanAsync(problems, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a problem exceeds the machine.</exception>
    /// <exception cref="NotSupportedException">A temperature was asked for: the machine has none to set.</exception>
    /// <exception cref="CimBudgetException">The batch would exceed a limit; nothing of it was submitted.</exception>
    /// <exception cref="CimTasksException">Some tasks have no result.</exception>
    /// <exception cref="CimJournalException">The journal cannot be used.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) =>
        new(_sampler.SampleAsync(problems, result, cancellationToken));
}
