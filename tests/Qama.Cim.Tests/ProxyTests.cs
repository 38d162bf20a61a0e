using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Where requests go when the environment names a proxy.</summary>
public class ProxyTests
{
    private static readonly string[] Variables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task What_is_meant_for_this_computer_passes_no_proxy(string kind)
    {
        await using var proxy = new Trap();
        await using CimEmulator emulator = await CimEmulator.StartAsync();
        Assert.Equal(0, await RunAsync(emulator.Address, $"{kind}://127.0.0.1:{proxy.Address.Port}"));
        Assert.Empty(proxy.Seen);
        Assert.Equal(24, emulator.Accepted);
    }

    [Fact]
    public async Task A_proxy_for_other_computers_is_asked_for_a_tunnel_and_told_nothing()
    {
        await using var proxy = new Trap();
        Assert.Equal(3, await RunAsync(new Uri("https://machine.invalid"), proxy.Address.ToString()));
        Assert.NotEmpty(proxy.Seen);
        Assert.All(proxy.Seen, request =>
        {
            Assert.StartsWith("CONNECT machine.invalid:443 ", request, StringComparison.Ordinal);
            Assert.DoesNotContain(Client.User, request, StringComparison.Ordinal);
            Assert.DoesNotContain(Client.Code, request, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    [InlineData("localhost.")]
    [InlineData("machine.localhost")]
    [InlineData("loopback")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("127.0.0.1.")]
    public async Task Every_spelling_of_this_computer_is_reached_directly(string host)
    {
        await using var proxy = new Trap();
        await using CimEmulator emulator = await CimEmulator.StartAsync();
        IWebProxy before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new ProxyOfOnePort(emulator.Address.Port, proxy.Address);
        try
        {
            await SampleAsync(new Uri($"http://{host}:{emulator.Address.Port}"));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.Empty(proxy.Seen);
        Assert.Equal(1, emulator.Accepted);
    }

    [Fact]
    public async Task The_name_of_this_computer_is_tried_at_both_its_addresses()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        using var client = new HttpClient(SafeConnection.Handler());
        Task<HttpResponseMessage> request = client.GetAsync(new Uri($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        Task<Socket> accepted = listener.AcceptSocketAsync();
        Assert.Same(accepted, await Task.WhenAny(accepted, request));
        using Socket connection = await accepted;
        await connection.SendAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.Equal(HttpStatusCode.NoContent, (await request).StatusCode);
    }

    [Theory]
    [InlineData("http://localhost.example.com")]
    [InlineData("http://notlocalhost")]
    [InlineData("http://127.0.0.1.example.com")]
    [InlineData("http://128.0.0.1")]
    [InlineData("http://0.0.0.0")]
    [InlineData("http://[::]")]
    [InlineData("http://[::ffff:128.0.0.1]")]
    [InlineData("http://127.0.0.1@example.com")]
    [InlineData("ws://localhost")]
    public void Nothing_else_is_taken_for_this_computer(string address) =>
        Assert.Throws<ArgumentException>(() => new QbosonTransport(
            new QbosonOptions { AuthAddress = new Uri(address) }, new CimCredentials(Client.User, Client.Code)));

    private static async Task SampleAsync(Uri address)
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var transport = new QbosonTransport(Client.Http(address) with { MaxAttempts = 2 }, new CimCredentials(Client.User, Client.Code));
        await new CimSampler(transport, journal, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
    }

    private static async Task<int> RunAsync(Uri address, string proxy)
    {
        using var folder = new TemporaryFolder();
        ProcessStartInfo start = ClientProcess.Start(address.ToString(), Path.Combine(folder.Path, "journal.db"), "1", attempts: 1);
        foreach (string variable in Variables)
        {
            start.Environment[variable] = proxy;
        }

        start.Environment.Remove("no_proxy");
        start.Environment.Remove("NO_PROXY");
        using Process child = Process.Start(start)!;
        await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode;
    }

    /// <summary>Notes the beginning of what it is sent, and closes the connection.</summary>
    private sealed class Trap : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _loop;

        public Trap()
        {
            _listener.Start();
            _loop = Task.Run(AcceptAsync);
        }

        public ConcurrentQueue<string> Seen { get; } = new();

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _loop;
        }

        private async Task AcceptAsync()
        {
            var buffer = new byte[4096];
            try
            {
                while (true)
                {
                    using Socket connection = await _listener.AcceptSocketAsync();
                    Seen.Enqueue(Encoding.Latin1.GetString(buffer, 0, await connection.ReceiveAsync(buffer)));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private sealed class ProxyOfOnePort(int port, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy;

        public bool IsBypassed(Uri host) => host.Port != port;
    }
}
