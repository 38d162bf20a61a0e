using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Qama.Cim.Transport;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Machine;

/// <summary>Machine accounts of a server.</summary>
public static class MachineHosting
{
    /// <summary>Adds a machine account, on every server silo of the cluster alike: its owner runs on one of them, and on another when
    /// that one is gone.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="account">The account: 1 to 40 of a to z, 0 to 9, '-' and '_'.</param>
    /// <param name="configure">The way to the machine, and limits.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name or a setting is out of range, or the account is there already.</exception>
    public static IServiceCollection AddMachine(this IServiceCollection services, string account, Action<MachineOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        PostgresJournal.CheckAccount(account);
        var options = new MachineOptions();
        configure(options);
        options.Check();
        if (services.FirstOrDefault(s => s.ServiceType == typeof(MachineAccounts))?.ImplementationInstance is not MachineAccounts accounts)
        {
            accounts = new MachineAccounts();
            services.AddSingleton(accounts).AddHostedService<MachineKeeper>();
        }

        return accounts.Add(account, options)
            ? services : throw new ArgumentException($"The machine account {account} is there already.", nameof(account));
    }
}

/// <summary>The accounts of a server.</summary>
internal sealed class MachineAccounts
{
    private readonly Dictionary<string, MachineOptions> _accounts = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _accounts.Keys;

    public bool Add(string account, MachineOptions options) => _accounts.TryAdd(account, options);

    /// <exception cref="CimConfigurationException">There is no such account.</exception>
    public MachineOptions Find(string account) => _accounts.GetValueOrDefault(account)
        ?? throw new CimConfigurationException($"The server has no machine account '{account}': AddMachine adds one.");
}

/// <summary>Sees to it that every account has an owner, whoever is alive and whether or not anybody calls.</summary>
internal sealed class MachineKeeper(MachineAccounts accounts, IGrainFactory grains) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "The owner is asked again, and says itself what is wrong.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (string account in accounts.Names)
            {
                try
                {
                    await grains.GetGrain<IMachineDesk>(account).WakeAsync().WaitAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception)
                {
                    // No silo yet, or the owner's is just gone.
                }
            }

            await Task.Delay(_interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
