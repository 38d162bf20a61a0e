using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Qama.Tool.Serving;

/// <summary>Keeps other pages of the reader's browser away from a server on loopback: a request must be for this address (no name that
/// somebody lets point to it), and from the server's own page or from no page at all.</summary>
internal static class LoopbackGuard
{
    /// <summary>Refuses what is not for this server, and says to browsers what its answers may do.</summary>
    /// <param name="context">The request.</param>
    /// <param name="nonce">What scripts and styles of the page carry.</param>
    /// <returns>Whether the request may be answered; otherwise it has been, with HTTP 403.</returns>
    public static async Task<bool> AcceptAsync(HttpContext context, string nonce)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            + "img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (Complaint(context) is not { } complaint)
        {
            return true;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync(complaint).ConfigureAwait(false);
        return false;
    }

    private static string? Complaint(HttpContext context)
    {
        int port = context.Connection.LocalPort;
        string[] hosts = [$"127.0.0.1:{port}", $"localhost:{port}"];
        string host = context.Request.Headers.Host.ToString();
        if (!hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            return $"The header Host must be {hosts[0]} or {hosts[1]}.";
        }

        StringValues origin = context.Request.Headers.Origin;
        if (origin.Count > 0 && origin.ToString() != $"http://{host}")
        {
            return "Only the page of this server may ask it.";
        }

        string site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none" ? null : "Only the page of this server may ask it.";
    }
}
