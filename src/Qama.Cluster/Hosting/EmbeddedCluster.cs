using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Qama.Cluster.Hosting;

/// <summary>A cluster in this process: server and worker at once, in memory, on ports of this computer alone. For a laptop, and for
/// tests; with the process it is gone, and all that it stored.</summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly IHost _host;

    private EmbeddedCluster(IHost host, ClusterSettings settings) => (_host, Settings) = (host, settings);

    /// <summary>Asks the cluster for things.</summary>
    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>The process's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The cluster's settings: with its ports, further processes on this computer can join (<see
    /// cref="ClusterSettings.FirstSiloPort"/> is its silo port), or be clients.</summary>
    public ClusterSettings Settings { get; }

    /// <summary>Starts a cluster.</summary>
    /// <param name="configure">Adds tasks, machines and other services; null for none.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>The cluster, ready.</returns>
    public static async Task<EmbeddedCluster> StartAsync(
        Action<IHostApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            (int silo, int gateway) = FreePorts();
            var settings = new ClusterSettings { Name = "embedded", SiloPort = silo, GatewayPort = gateway };
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            configure?.Invoke(builder);
            builder.AddQamaSilo(settings, ClusterRoles.Both);
            IHost host = builder.Build();
            try
            {
                await host.StartAsync(cancellationToken).ConfigureAwait(false);
                return new EmbeddedCluster(host, settings);
            }
            catch (Exception e)
            {
                await ((IAsyncDisposable)host).DisposeAsync().ConfigureAwait(false);

                // Someone else may have taken a port meanwhile.
                if (e is not SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || attempt == Attempts)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Stops the cluster: tasks that run get some time to end, then they are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
