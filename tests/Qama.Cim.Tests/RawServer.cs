using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Qama.Cim.Tests;

/// <summary>A server on a bare socket: says what a test wants, byte for byte. A connection per request.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _loop;
    private int _submissions;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Gets a request (head and body) and the stream; logins are answered already.</param>
    /// <param name="answersLogins">False leaves logins to <paramref name="answer"/> too.</param>
    public RawServer(Func<string, NetworkStream, CancellationToken, Task> answer, bool answersLogins = true)
    {
        _answer = answersLogins
            ? (request, stream, stop) => request.StartsWith("POST /sso/", StringComparison.Ordinal)
                ? stream.WriteAsync(Json("""{"code":"0","msg":"","data":{"token":"tok-raw-not-for-logs"}}"""), stop).AsTask()
                : answer(request, stream, stop)
            : answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _loop = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

    /// <summary>Submissions that arrived completely.</summary>
    public int Submissions => Volatile.Read(ref _submissions);

    public static bool IsSubmission(string request) => request.StartsWith("POST /api/", StringComparison.Ordinal);

    public static byte[] Json(string body, string status = "200 OK", int? length = null) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length ?? Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                open.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }

        await Task.WhenAll(open);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                string request = await ReadAsync(stream);
                if (request.Length == 0)
                {
                    return;
                }

                if (IsSubmission(request))
                {
                    Interlocked.Increment(ref _submissions);
                }

                await _answer(request, stream, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[8192];
        while (true)
        {
            string text = Encoding.Latin1.GetString([.. bytes]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                string? header = text[..end].Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                if (bytes.Count >= end + 4 + int.Parse(header?["Content-Length:".Length..] ?? "0", System.Globalization.CultureInfo.InvariantCulture))
                {
                    return text;
                }
            }

            int read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return "";
            }

            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }
}
