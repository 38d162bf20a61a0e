using System.Collections.Concurrent;
using Qama.Cim.Json;
using Qama.Cim.Packing;
using Qama.Cim.Security;
using Qama.Cim.Transport;

namespace Qama.Cim.Kaiwu;

/// <summary>
/// The machine through the vendor's Python SDK, generations 1.1 to 1.4, in a long-lived worker process.
/// </summary>
/// <remarks>
/// The SDK submits and waits in one call, so a task is submitted until it is done. Since generation 1.2 it keeps track of tasks by name and
/// matrix: submitting again continues. Before that the end of the worker leaves a task's outcome unknown. One task at a time; use
/// <see cref="UploadForm.Ising"/>.
/// </remarks>
public sealed class KaiwuTransport : ICimTransport
{
    private readonly KaiwuOptions _options;
    private readonly CimCredentials _credentials;
    private readonly Redactor _redactor;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, MachineAnswer> _answers = new();
    private KaiwuWorker? _worker;
    private volatile bool _isDisposed;

    private KaiwuTransport(KaiwuOptions options, CimCredentials credentials)
    {
        (_options, _credentials, _redactor) = (options, credentials, Redactor.For(credentials));
    }

    /// <inheritdoc/>
    public string Name => $"Kaiwu SDK {SdkVersion}";

    /// <inheritdoc/>
    public bool SubmissionIsRepeatable => Generation != "1.1";

    /// <summary>The SDK's version.</summary>
    public string SdkVersion { get; private set; } = "";

    /// <summary>The SDK's generation: 1.1, 1.2, 1.3 or 1.4.</summary>
    public string Generation { get; private set; } = "";

    /// <summary>Starts the worker, which finds out whether Python, the SDK and the licence are there.</summary>
    /// <exception cref="CimConfigurationException">One of them is not; the message says which.</exception>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static async Task<KaiwuTransport> StartAsync(
        KaiwuOptions options, CimCredentials credentials, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(credentials);
        options.Check();
        var transport = new KaiwuTransport(options, credentials);
        await transport.WorkerAsync(cancellationToken).ConfigureAwait(false);
        return transport;
    }

    /// <inheritdoc/>
    public async ValueTask<string> SubmitAsync(
        MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Form != UploadForm.Ising)
        {
            throw new CimConfigurationException("The SDK takes Ising matrices: set the sampler's Form to Ising.");
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            KaiwuWorker worker = await WorkerAsync(cancellationToken).ConfigureAwait(false);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_options.TimeLimit);
            try
            {
                CheckedJson result = await worker.SolveAsync(task.Name, matrix, task.MatrixSize, limit.Token).ConfigureAwait(false);
                _answers[task.Key] = Parse(result, task);
                return task.Name;
            }
            catch (OperationCanceledException)
            {
                // The SDK cannot be asked to stop; what it submitted stays submitted.
                await EndAsync(byForce: true).ConfigureAwait(false);
                throw new CimOutcomeUnknownException(cancellationToken.IsCancellationRequested
                    ? "Cancelled while the SDK was waiting for the machine."
                    : $"The SDK did not finish within {_options.TimeLimit.TotalSeconds:0.###} s.");
            }
            catch (Exception e) when (e is CimOutcomeUnknownException or CimAnswerException or CimNotAcceptedException)
            {
                await EndAsync(byForce: true).ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (_answers.TryRemove(task.Key, out MachineAnswer? answer))
        {
            return ValueTask.FromResult(answer);
        }

        const string Lost = "The answer was lost with the program that had it.";
        return SubmissionIsRepeatable
            ? ValueTask.FromException<MachineAnswer>(new CimNotFinishedException(Lost))
            : ValueTask.FromResult(new MachineAnswer { State = MachineState.Failed, Reason = Lost });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await EndAsync(byForce: false).ConfigureAwait(false);
    }

    private async Task<KaiwuWorker> WorkerAsync(CancellationToken cancellationToken)
    {
        if (_isDisposed)
        {
            throw new CimConfigurationException("The transport is closed.");
        }

        try
        {
            if (_worker is { HasExited: true })
            {
                await EndAsync(byForce: true).ConfigureAwait(false);
            }

            KaiwuWorker worker = _worker
                ??= await KaiwuWorker.StartAsync(_options, _credentials, _redactor, cancellationToken).ConfigureAwait(false);
            (SdkVersion, Generation) = (worker.Version, worker.Generation);
            return worker;
        }
        catch (Exception e) when (e is not (CimException or OperationCanceledException))
        {
            throw new CimNotAcceptedException($"The worker does not start: {_redactor.Redact(e.Message)}");
        }
    }

    private async Task EndAsync(bool byForce)
    {
        if (Interlocked.Exchange(ref _worker, null) is { } worker)
        {
            if (byForce)
            {
                worker.Kill();
            }

            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static MachineAnswer Parse(CheckedJson result, MachineTask task)
    {
        CheckedJson solutions = result["solutions"];
        if (solutions.Count() == 0)
        {
            throw new CimAnswerException("The SDK gave no solutions.");
        }

        var values = new double[task.SpinCount];
        return new MachineAnswer
        {
            State = MachineState.Done,
            Rows = [.. solutions.Items().Select(s => SolutionRow.Normalize(s["spins"].Numbers(values), task))],
            ReportedEnergies = [.. solutions.Items().Select(s => s.Find("hamiltonian") is { IsNumber: true } h ? h.Number() : double.NaN)],
        };
    }
}
