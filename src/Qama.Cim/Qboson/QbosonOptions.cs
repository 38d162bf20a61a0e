using System.Net;
using Qama.Cim.Security;
using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>Addresses of the machine's web API, and limits on requests and answers.</summary>
public sealed record QbosonOptions
{
    /// <summary>Address of the token endpoint.</summary>
    public Uri AuthAddress { get; init; } = new("https://open.qboson.com");

    /// <summary>Address of the task endpoints.</summary>
    public Uri TaskAddress { get; init; } = new("https://new-open.qboson.com");

    /// <summary>Time for a token or a query, at most 49 days. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for a submission with its matrix, at most 49 days. Default 2 min.</summary>
    public TimeSpan SubmissionTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes that an answer may have. Default 16 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The number of attempts for a request that is safe to repeat, at least 1. Default 5.</summary>
    /// <remarks>Submissions are tried again only where the first certainly was not accepted.</remarks>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>First delay between attempts, at most a day; doubles, with jitter. Default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that is waited because the machine asked for it (Retry-After, in seconds or as a date);
    /// nothing is sent
    /// before. Where it asks for more, the request fails at once. Default 5 min, at most a day.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Statuses that say of a submission that it was not looked at. Default: 429 and 503. Any other 5xx leaves
    /// the outcome unknown.</summary>
    public IReadOnlyCollection<HttpStatusCode> NotAcceptedStatuses { get; init; } =
        [HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable];

    /// <summary>Codes in an answer that say that the token is refused, besides HTTP 401 and 403.</summary>
    public IReadOnlyCollection<string> TokenRefusedCodes { get; init; } = ["401", "403", "20001", "50008"];

    internal void Check()
    {
        SafeAddress.Check(AuthAddress, nameof(AuthAddress));
        SafeAddress.Check(TaskAddress, nameof(TaskAddress));
        TimeLimits.Check(RequestTimeout, nameof(RequestTimeout));
        TimeLimits.Check(SubmissionTimeout, nameof(SubmissionTimeout));
        TimeLimits.Check(RetryDelay, nameof(RetryDelay), TimeSpan.FromDays(1), mayBeZero: true);

        if (MaxRetryAfter < TimeSpan.Zero || MaxRetryAfter > TimeSpan.FromDays(1))
        {
            throw new ArgumentException("Expected a longest Retry-After of 0 to 24 hours.", nameof(MaxRetryAfter));
        }

        if (MaxAttempts is < 1 or > 100 || MaxResponseBytes < 1024)
        {
            throw new ArgumentException("Expected 1 to 100 attempts and at least 1,024 bytes for an answer.", nameof(MaxAttempts));
        }
    }
}
