using System.Net;
using System.Net.Sockets;

namespace Qama.Cim.Security;

/// <summary>Connections over which credentials may go: what is meant for this computer does not leave it, and a proxy only ever
/// gets to see the outside of TLS.</summary>
internal static class SafeConnection
{
    /// <summary>A handler for addresses that <see cref="SafeAddress.Check"/> has passed.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false, // the token would go elsewhere
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
        Proxy = new TunnelProxy(),
        ConnectCallback = ConnectAsync,
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // "localhost" is not looked up: the answer could be another computer.
            if (context.InitialRequestMessage.RequestUri is { } address && SafeAddress.IsThisComputer(address))
            {
                await socket.ConnectAsync(SafeAddress.LoopbackOf(address), address.Port, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The user's proxy, for HTTPS to other computers: there it is asked for a tunnel (CONNECT).</summary>
    internal sealed class TunnelProxy : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => HttpClient.DefaultProxy.Credentials;
            set => throw new NotSupportedException();
        }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

        public bool IsBypassed(Uri host) =>
            host.Scheme != Uri.UriSchemeHttps || SafeAddress.IsThisComputer(host) || HttpClient.DefaultProxy.IsBypassed(host);
    }
}
