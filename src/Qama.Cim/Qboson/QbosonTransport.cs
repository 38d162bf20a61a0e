using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
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
/// </remarks>
public sealed class QbosonTransport : ICimTransport
{
    private readonly QbosonOptions _options;
    private readonly CimCredentials _credentials;
    private readonly HttpClient _client;
    private readonly Redactor _redactor = new();
    private readonly SemaphoreSlim _renewal = new(1, 1);
    private readonly ResiliencePipeline _queries;
    private readonly ResiliencePipeline _submissions;
    private string? _token;

    /// <summary>Creates it; nothing is sent.</summary>
    /// <exception cref="ArgumentException">An address is neither https nor of this machine, or a setting is out of range.</exception>
    public QbosonTransport(QbosonOptions options, CimCredentials credentials, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(credentials);
        options.Check();
        (_options, _credentials) = (options, credentials);
        _redactor.Add(credentials.SdkCode);
        _redactor.Add(credentials.UserId);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each request has its own
        };
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
        int n = task.MatrixSize;
        byte[] csv = ArrayPool<byte>.Shared.Rent(MatrixCsv.MaxLength(n));
        int length = MatrixCsv.Write(matrix.Span, n, csv);
        Envelope envelope = await _submissions.ExecuteAsync(
            token => AuthorizedAsync(
                () => Submission(task, csv.AsMemory(0, length)), _options.SubmissionTimeout, isSubmission: true, token),
            cancellationToken).ConfigureAwait(false);

        // Only here: after a failure the connection may still be reading it.
        ArrayPool<byte>.Shared.Return(csv);
        if (!envelope.IsSuccess)
        {
            throw new CimRefusedException(
                $"The machine refused the task: {_redactor.Redact(envelope.Message)} (code {_redactor.Redact(envelope.Code)}).");
        }

        return envelope.TextOf("task_id") is { Length: > 0 and <= 200 } id && !id.Any(char.IsControl) && !_redactor.IsSecret(id)
            ? id : throw new CimOutcomeUnknownException("The machine accepted the task without giving its id.");
    }

    /// <inheritdoc/>
    public async ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        var address = new Uri(_options.TaskAddress, $"/api/system/business/task/{Uri.EscapeDataString(taskId)}/");
        return await _queries.ExecuteAsync(
            async token =>
            {
                Envelope envelope = await AuthorizedAsync(
                    () => new HttpRequestMessage(HttpMethod.Get, address), _options.RequestTimeout, isSubmission: false, token).ConfigureAwait(false);
                return envelope.IsSuccess
                    ? TaskAnswer.Parse(envelope, task, _redactor.Redact)
                    : throw new CimNotFinishedException(
                        $"The machine does not tell the task's state: {_redactor.Redact(envelope.Message)} (code {_redactor.Redact(envelope.Code)}).");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _renewal.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ResiliencePipeline Retry(QbosonOptions options, TimeProvider? time, Func<Exception, bool> isHarmless)
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
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } e && isHarmless(e)),
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

    // A refused token is renewed once; a request that was refused for it did nothing.
    private async ValueTask<Envelope> AuthorizedAsync(
        Func<HttpRequestMessage> request, TimeSpan timeout, bool isSubmission, CancellationToken cancellationToken)
    {
        string token = Volatile.Read(ref _token) ?? await RenewAsync(null, cancellationToken).ConfigureAwait(false);
        for (int attempt = 0; ; attempt++)
        {
            using HttpRequestMessage message = request();
            message.Headers.TryAddWithoutValidation("Authorization", "JWT " + token);
            cancellationToken.ThrowIfCancellationRequested();

            // What has begun to leave is waited for, so that its outcome is known.
            CancellationToken stop = isSubmission ? CancellationToken.None : cancellationToken;
            (HttpStatusCode status, Envelope envelope) = await SendAsync(message, timeout, stop).ConfigureAwait(false);
            bool isRefused = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                || _options.TokenRefusedCodes.Contains(envelope.Code);
            if (!isRefused)
            {
                return envelope;
            }

            if (attempt > 0)
            {
                throw new CimNotAcceptedException("The machine refuses even a new token.");
            }

            token = await RenewAsync(token, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> RenewAsync(string? refused, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is { } other && other != refused)
            {
                return other; // somebody else renewed it meanwhile
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.AuthAddress, "/sso/access_token/"))
            {
                Content = new ByteArrayContent(Login()) { Headers = { ContentType = new("application/json") } },
            };
            Envelope envelope;
            try
            {
                (HttpStatusCode status, envelope) = await SendAsync(request, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
                if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                {
                    throw new CimConfigurationException("The machine refuses the credentials.");
                }
            }
            catch (CimException e) when (e is CimOutcomeUnknownException or CimAnswerException)
            {
                // Nothing was submitted yet, whatever became of the login.
                throw new CimNotAcceptedException("There is no token: " + e.Message, e);
            }

            if (!envelope.IsSuccess)
            {
                throw new CimConfigurationException(
                    $"The machine refuses the credentials: {_redactor.Redact(envelope.Message)} (code {_redactor.Redact(envelope.Code)}).");
            }

            string token = envelope.TextOf("token") is { Length: > 0 and < 16384 } text && text.All(c => c is > ' ' and < (char)127)
                ? text : throw new CimNotAcceptedException("The machine answered the login without a token.");
            if (refused is not null)
            {
                _redactor.Remove(refused);
            }

            _redactor.Add(token);
            Volatile.Write(ref _token, token);
            return token;
        }
        finally
        {
            _renewal.Release();
        }
    }

    private byte[] Login()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("user_id", _credentials.UserId);
            json.WriteString("sdk_code", _credentials.SdkCode);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Sends one request, once, and sorts what can go wrong.</summary>
    private async Task<(HttpStatusCode Status, Envelope Envelope)> SendAsync(
        HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                return (response.StatusCode, default);
            }

            if (_options.NotAcceptedStatuses.Contains(response.StatusCode))
            {
                throw new CimNotAcceptedException($"The machine is busy (HTTP {status}).");
            }

            if (status is >= 300 and < 400)
            {
                throw new CimConfigurationException($"The machine redirects (HTTP {status}), which is not followed.");
            }

            if (status >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict)
            {
                throw new CimOutcomeUnknownException($"The machine answered HTTP {status}.");
            }

            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            {
                throw new CimConfigurationException($"The address has no such interface (HTTP {status}).");
            }

            byte[] body = await LimitedContent.ReadAsync(response.Content, _options.MaxResponseBytes, limit.Token).ConfigureAwait(false);
            if (status >= 400)
            {
                throw new CimRefusedException($"The machine answered HTTP {status}: {_redactor.Redact(Encoding.UTF8.GetString(body))}");
            }

            return (response.StatusCode, Envelope.Parse(body));
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw new CimNotAcceptedException($"The machine cannot be reached: {_redactor.Redact(e.Message)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CimOutcomeUnknownException($"The connection broke: {_redactor.Redact(e.Message)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CimOutcomeUnknownException($"No complete answer within {timeout.TotalSeconds:0.###} s.");
        }
    }
}
