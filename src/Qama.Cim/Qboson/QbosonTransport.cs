using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;
using Qama.Cim.Packing;
using Qama.Cim.Security;
using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>
/// The machine over QBoson's web API: a token, a multipart upload of the matrix, and queries of the task.
/// </summary>
/// <remarks>
/// Endpoints as in the QBoson driver of China Mobile's open-source QCOS scheduler (wy_qcos/drivers/qboson). Unlike it, a submission
/// is repeated only where the machine certainly did not accept it. Redirects are refused: they would carry the token elsewhere.
/// Proxies are used for HTTPS to other computers alone. An id that holds a secret, encoded or not, is not kept: the task's outcome is
/// unknown then, and nothing more is submitted.
/// </remarks>
public sealed class QbosonTransport : ICimTransport
{
    private readonly QbosonOptions _options;
    private readonly Redactor _redactor;
    private readonly QbosonSession _session;
    private readonly ResiliencePipeline _queries;
    private readonly ResiliencePipeline _submissions;
    private volatile bool _givesSecretIds;

    /// <summary>Creates it; nothing is sent.</summary>
    /// <exception cref="ArgumentException">An address is neither https nor of this machine, or a setting is out of range.</exception>
    public QbosonTransport(QbosonOptions options, CimCredentials credentials, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(credentials);
        options.Check();
        _options = options;
        _redactor = Redactor.For(credentials);
        _session = new QbosonSession(options, credentials, _redactor, time ?? TimeProvider.System);
        _queries = Retry(options, time, static e => e is CimNotAcceptedException or CimOutcomeUnknownException or CimAnswerException);
        _submissions = Retry(options, time, static e => e is CimNotAcceptedException);
    }

    /// <inheritdoc/>
    public string Name => "QBoson HTTP";

    /// <inheritdoc/>
    public async ValueTask<string> SubmitAsync(
        MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (_givesSecretIds)
        {
            throw new CimConfigurationException(
                "The machine gave an earlier task an id that holds a secret, and such ids are not kept: nothing more is submitted.");
        }

        int n = task.MatrixSize;
        byte[] csv = ArrayPool<byte>.Shared.Rent(MatrixCsv.MaxLength(n));
        int length = MatrixCsv.Write(matrix.Span, n, csv);
        Envelope envelope = await _submissions.ExecuteAsync(
            token => _session.SendAsync(
                () => Submission(task, csv.AsMemory(0, length)), _options.SubmissionTimeout, isSubmission: true, token),
            cancellationToken).ConfigureAwait(false);

        // Only here: after a failure the connection may still be reading it.
        ArrayPool<byte>.Shared.Return(csv);
        string? id = TaskId(envelope);
        bool isSecret = id is not null && _redactor.Holds(id);
        _givesSecretIds |= isSecret;
        if (envelope.IsSuccess && isSecret)
        {
            throw new CimOutcomeUnknownException("The machine accepted the task under an id that holds a secret; it is not kept.");
        }

        if (envelope.IsSuccess)
        {
            return id ?? throw new CimOutcomeUnknownException("The machine accepted the task without giving an id that can be asked for.");
        }

        string told = _session.Told(envelope);
        throw envelope.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
            ? new CimConfigurationException($"The address has no such interface: {told}.")
            : id is null
                ? new CimRefusedException($"The machine refused the task: {told}.")
                : new CimOutcomeUnknownException($"The machine gives the task an id and refuses it: {told}.");
    }

    /// <inheritdoc/>
    public async ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        var address = new Uri(_options.TaskAddress, $"/api/system/business/task/{Uri.EscapeDataString(taskId)}/");
        return await _queries.ExecuteAsync(
            async token =>
            {
                Envelope envelope = await _session.SendAsync(
                    () => new HttpRequestMessage(HttpMethod.Get, address), _options.RequestTimeout, isSubmission: false, token).ConfigureAwait(false);
                if (envelope.IsSuccess)
                {
                    return WithoutSecrets(TaskAnswer.Parse(envelope, task, _redactor.Redact));
                }

                string told = $"{_session.Told(envelope)}. If it never will again, give the task up: "
                    + $"'qama journal end JOURNAL {task.Name}', or journal.EndAsync(\"{task.Key}\", JournalState.Unknown, reason).";
                throw envelope.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone
                    ? new CimTaskNotFoundException($"The machine does not know the task: {told}")
                    : new CimNotFinishedException($"The machine does not tell the task's state: {told}");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    // Energies are kept for the record only; a user's id can be a number.
    private MachineAnswer WithoutSecrets(MachineAnswer answer) => answer with
    {
        ReportedEnergies = [.. answer.ReportedEnergies.Select(e => _redactor.IsSecret(e) ? double.NaN : e)],
    };

    private static string? TaskId(in Envelope envelope)
    {
        try
        {
            // "." and ".." would be another address.
            return envelope.Data["task_id"].Scalar() is { Length: > 0 and <= 200 } id && !id.Any(char.IsControl)
                && id is not ("." or "..") ? id : null;
        }
        catch (CimAnswerException)
        {
            return null;
        }
    }

    private static ResiliencePipeline Retry(QbosonOptions options, TimeProvider? time, Func<CimException, bool> isHarmless)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.MaxAttempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxAttempts - 1,
                Delay = options.RetryDelay,
                MaxDelay = TimeSpan.FromMinutes(1),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is CimException e && isHarmless(e) && !(e.RetryAfter > options.MaxRetryAfter)),
            });
        }

        return builder.Build();
    }

    private HttpRequestMessage Submission(MachineTask task, ReadOnlyMemory<byte> csv)
    {
        var form = new MultipartFormDataContent("qama" + Guid.NewGuid().ToString("N"));
        Part(form, new ReadOnlyMemoryContent(csv) { Headers = { ContentType = new("text/csv") } }, "url", task.Name + ".csv");
        Part(form, new StringContent(task.Name), "task_name");
        Part(form, new StringContent(task.Name + ".csv"), "name");
        Part(form, new StringContent(task.Form == UploadForm.Ising ? "False" : "True"), "is_qubo");
        Part(form, new StringContent(task.Machine), "machine_name");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(_options.TaskAddress, "/api/system/business/task/")) { Content = form };
    }

    // Quoted names, as browsers and Python's requests write them; plain fields without a content type.
    private static void Part(MultipartFormDataContent form, HttpContent content, string name, string? fileName = null)
    {
        if (fileName is null)
        {
            content.Headers.ContentType = null;
        }

        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data")
        {
            Name = $"\"{name}\"", FileName = fileName is null ? null : $"\"{fileName}\"",
        };
        form.Add(content);
    }
}
