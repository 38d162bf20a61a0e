using System.Net;
using System.Net.Sockets;

namespace Qama.Cluster.Tests.Storage;

/// <summary>Where a connection ends.</summary>
internal enum Break
{
    /// <summary>It does not.</summary>
    No = 0,

    /// <summary>Before the server gets the commit.</summary>
    BeforeCommit = 1,

    /// <summary>Just after the server got it.</summary>
    InCommit = 2,

    /// <summary>When the server has answered it; the answer is lost.</summary>
    AfterCommit = 3,
}

/// <summary>Stands between a client and PostgreSQL and ends connections at commits.</summary>
internal sealed class BreakingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly Func<Break> _next;
    private readonly Task _accepting;
    private int _breaks;

    /// <summary>Begins to listen.</summary>
    /// <param name="server">The server's port.</param>
    /// <param name="next">Asked at every commit.</param>
    public BreakingProxy(int server, Func<Break> next)
    {
        (_server, _next) = (server, next);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections ended at a commit.</summary>
    public int Breaks => _breaks;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = Task.Run(() => ConnectAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        using (client)
        {
            using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var ways = new Way();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                await Task.WhenAny(UpAsync(client, server, ways), DownAsync(server, client, ways));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
            }
        }
    }

    private async Task UpAsync(Socket client, Socket server, Way way)
    {
        var buffer = new byte[64 * 1024];
        while (await client.ReceiveAsync(buffer, _stop.Token) is int count and > 0)
        {
            bool isCommit = buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0;
            Break kind = isCommit ? _next() : Break.No;
            if (kind != Break.No)
            {
                Interlocked.Increment(ref _breaks);
            }

            if (kind == Break.BeforeCommit)
            {
                return;
            }

            way.AnswerIsLost = kind == Break.AfterCommit;
            await server.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            if (kind == Break.InCommit)
            {
                return;
            }
        }
    }

    private async Task DownAsync(Socket server, Socket client, Way way)
    {
        var buffer = new byte[64 * 1024];
        while (await server.ReceiveAsync(buffer, _stop.Token) is int count and > 0 && !way.AnswerIsLost)
        {
            await client.SendAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private sealed class Way
    {
        public volatile bool AnswerIsLost;
    }
}
