using System.Buffers;
using System.Net;
using System.Text.Json;
using Qama.Cim.Security;
using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>The connection and its token; sorts what can go wrong with a request by what it means for a submission.</summary>
internal sealed class QbosonSession : IDisposable
{
    private const int LongestError = 64 * 1024;
    private readonly QbosonOptions _options;
    private readonly CimCredentials _credentials;
    private readonly Redactor _redactor;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _renewal = new(1, 1);
    private readonly RetryAfter _pause;
    private string? _token;

    public QbosonSession(QbosonOptions options, CimCredentials credentials, Redactor redactor, TimeProvider time)
    {
        (_options, _credentials, _redactor) = (options, credentials, redactor);
        _pause = new RetryAfter(time, options.MaxRetryAfter);
        _client = new HttpClient(SafeConnection.Handler()) { Timeout = Timeout.InfiniteTimeSpan }; // each request has its own
    }

    /// <summary>Sends a request with a token. A refused token is renewed once: a request that was refused for it did nothing.</summary>
    /// <param name="request">Makes the request; called for each attempt.</param>
    /// <param name="timeout">Time for one attempt.</param>
    /// <param name="isSubmission">Whether what has begun to leave must be waited for.</param>
    /// <param name="cancellationToken">Stops before a request leaves; one that is no submission at any time.</param>
    public async ValueTask<Envelope> SendAsync(
        Func<HttpRequestMessage> request, TimeSpan timeout, bool isSubmission, CancellationToken cancellationToken)
    {
        string token = Volatile.Read(ref _token) ?? await NewTokenAsync(null, cancellationToken).ConfigureAwait(false);
        for (int attempt = 0; ; attempt++)
        {
            await _pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            using HttpRequestMessage message = request();
            message.Headers.TryAddWithoutValidation("Authorization", "JWT " + token);
            cancellationToken.ThrowIfCancellationRequested();

            Envelope envelope = isSubmission
                ? await SubmitOnceAsync(message, timeout).ConfigureAwait(false)
                : await SendOnceAsync(message, timeout, cancellationToken).ConfigureAwait(false);
            bool isRefused = envelope.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                || _options.TokenRefusedCodes.Contains(envelope.Code);
            if (!isRefused)
            {
                return envelope;
            }

            if (attempt > 0)
            {
                throw new CimNotAcceptedException("The machine refuses even a new token.");
            }

            token = await NewTokenAsync(token, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A token in place of a refused one. Nothing was submitted yet, whatever becomes of the login.</summary>
    private async Task<string> NewTokenAsync(string? refused, CancellationToken cancellationToken)
    {
        try
        {
            return await RenewAsync(refused, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (CimException or OperationCanceledException))
        {
            throw new CimNotAcceptedException("There is no token: " + _redactor.Redact(e.Message));
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
            await _pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            string token;
            try
            {
                Envelope envelope = await SendOnceAsync(request, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
                if (!envelope.IsSuccess)
                {
                    throw new CimConfigurationException($"The machine refuses the credentials: {Told(envelope)}.");
                }

                token = envelope.Data["token"].Scalar();
            }
            catch (CimException e) when (e is CimOutcomeUnknownException or CimAnswerException)
            {
                // Nothing was submitted yet, whatever became of the login.
                throw new CimNotAcceptedException("There is no token: " + e.Message, e) { RetryAfter = e.RetryAfter };
            }

            if (token.Length is 0 or >= 16384 || !token.All(c => c is > ' ' and < (char)127))
            {
                throw new CimNotAcceptedException("There is no token: what the machine gave cannot be one.");
            }

            _redactor.AddToken(token);
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

    /// <summary>What an answer that is no success says.</summary>
    public string Told(in Envelope envelope)
    {
        string message = _redactor.Redact(envelope.Message);
        string http = (int)envelope.Status < 400 ? "" : $"HTTP {(int)envelope.Status}, ";
        return $"{(message.Length == 0 ? "no reason given" : message)} ({http}code {_redactor.Redact(envelope.Code)})";
    }

    /// <summary>Sends a submission, once. What has begun to leave is waited for, so that its outcome is known; where nothing of the
    /// body was ever asked for, the machine cannot have accepted it, whatever went wrong.</summary>
    private async Task<Envelope> SubmitOnceAsync(HttpRequestMessage request, TimeSpan timeout)
    {
        var body = new WatchedContent(request.Content!);
        request.Content = body;
        try
        {
            return await SendOnceAsync(request, timeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (!body.HasLeft && e is not (CimNotAcceptedException or CimConfigurationException))
        {
            throw new CimNotAcceptedException("Nothing left this computer: " + _redactor.Redact(e.Message), e as CimException)
            {
                RetryAfter = (e as CimException)?.RetryAfter,
            };
        }
    }

    /// <summary>Sends one request, once, and sorts what can go wrong. What the machine says of it with HTTP 4xx is an
    /// answer.</summary>
    private async Task<Envelope> SendOnceAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            bool isBusy = _options.NotAcceptedStatuses.Contains(response.StatusCode);
            TimeSpan? retryAfter = isBusy || status >= 500 ? _pause.Note(response.Headers) : null;
            if (isBusy)
            {
                string until = retryAfter is { } wait ? $" and asks to wait {wait.TotalSeconds:0} s" : "";
                throw new CimNotAcceptedException(_redactor.Redact($"The machine is busy (HTTP {status}){until}.")) { RetryAfter = retryAfter };
            }

            // A see-other may be what follows an accepted task.
            if (status is >= 300 and < 400 and not (302 or 303))
            {
                throw new CimConfigurationException($"The machine redirects (HTTP {status}), which is not followed.");
            }

            if (status is >= 500 or 302 or 303 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict)
            {
                throw new CimOutcomeUnknownException($"The machine answered HTTP {status}.") { RetryAfter = retryAfter };
            }

            if (status >= 400)
            {
                return Envelope.OfError(response.StatusCode, await WhatIsSaidAsync(response, limit.Token).ConfigureAwait(false));
            }

            return Envelope.Parse(
                response.StatusCode,
                await LimitedContent.ReadAsync(response.Content, _options.MaxResponseBytes, limit.Token).ConfigureAwait(false));
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
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !limit.IsCancellationRequested)
        {
            throw new CimNotAcceptedException($"The machine cannot be reached: {e.InnerException.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CimOutcomeUnknownException($"No complete answer within {timeout.TotalSeconds:0.###} s.");
        }
    }

    // The status decides; of what is said with it, as much as arrives.
    private static async Task<byte[]> WhatIsSaidAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await LimitedContent.ReadAsync(response.Content, LongestError, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CimAnswerException or HttpRequestException or IOException or OperationCanceledException)
        {
            return [];
        }
    }

    // The semaphore holds nothing; who comes late is told by the client.
    public void Dispose() => _client.Dispose();
}
