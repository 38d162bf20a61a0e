using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Qama.Hosting;

/// <summary>A web server on 127.0.0.1 that lives as long as its owner wants: signals are the program's affair.</summary>
/// <remarks>Shared as source, so that no package depends on another's internals.</remarks>
internal sealed class LoopbackHost : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1); // for requests under way at the end

    /// <param name="port">The port; 0 for a free one.</param>
    /// <param name="largestBody">Bytes of a request's body at most.</param>
    /// <param name="mostConnections">Connections at a time at most.</param>
    public LoopbackHost(int port, long largestBody, int mostConnections)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, port);
            k.Limits.MaxRequestBodySize = largestBody;
            k.Limits.MaxConcurrentConnections = mostConnections;
            k.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        Application = builder.Build();
    }

    /// <summary>Where answers are mapped, before the start.</summary>
    public WebApplication Application { get; }

    /// <summary>The address, after the start.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync()
    {
        await Application.StartAsync().ConfigureAwait(false);
        IServer server = Application.Services.GetRequiredService<IServer>();
        Address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Ends it at once: requests have a second to end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(_patience);
        try
        {
            await Application.StopAsync(atOnce.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Connections that do not end are ended by disposal.
        }

        await Application.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
