using System.Net;
using System.Net.Sockets;

namespace Qama.Cluster.Tests;

/// <summary>TCP ports for what a test starts later.</summary>
internal static class FreePorts
{
    // Below what systems give to outgoing connections (Linux: from 32,768 on), which the tests open by the hundred: a port of
    // those could be taken between its choice and its use.
    private const int First = 12_000, Last = 32_000;

    private static int _last = Random.Shared.Next(First, Last);

    /// <summary>A port that nobody listens on and that was not given before.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = First + (Interlocked.Increment(ref _last) % (Last - First));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program has it.
            }
        }
    }
}
