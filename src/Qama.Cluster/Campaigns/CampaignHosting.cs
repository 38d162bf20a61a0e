using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Qama.Cluster.Members;

namespace Qama.Cluster.Campaigns;

/// <summary>Gives a worker its campaign tasks.</summary>
public static class CampaignHosting
{
    /// <summary>Adds campaign tasks to a program that becomes a worker (or both); the last call counts.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="tasks">The tasks, and how many run at a time.</param>
    /// <param name="stopTime">How long tasks may go on after the program was told to stop, before they are cancelled and given back; null
    /// for 5 seconds. The host's own shutdown timeout (30 s) must be longer.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stopTime"/> is negative or longer than a day.</exception>
    public static IHostApplicationBuilder AddCampaignTasks(
        this IHostApplicationBuilder builder, CampaignTasks tasks, TimeSpan? stopTime = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfLessThan(stopTime ?? TimeSpan.Zero, TimeSpan.Zero, nameof(stopTime));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stopTime ?? TimeSpan.Zero, TimeSpan.FromDays(1), nameof(stopTime));
        builder.Services.AddSingleton(tasks);
        builder.Services.AddSingleton(stopTime is { } time ? new CampaignWorkerOptions { StopTime = time } : new CampaignWorkerOptions());
        return builder;
    }

    internal static void Add(IServiceCollection services, ClusterRoles roles)
    {
        if (roles.HasFlag(ClusterRoles.Worker))
        {
            services.TryAddSingleton(new CampaignTasks([]));
            services.TryAddSingleton(new CampaignWorkerOptions());
            services.AddSingleton<WorkerRuns>();
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<WorkerRuns>());
        }

        if (roles.HasFlag(ClusterRoles.Server))
        {
            services.AddSingleton<IWaker, CampaignWaker>();
        }
    }
}
