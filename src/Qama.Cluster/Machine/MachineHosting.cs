using Microsoft.Extensions.DependencyInjection;
using Qama.Cim.Transport;
using Qama.Cluster.Members;
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
            services.AddSingleton(accounts).AddSingleton<IWaker, MachineWaker>().AddHostedService<Keeper>();
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

/// <summary>Sees to it that every account has an owner, whether or not anybody calls.</summary>
internal sealed class MachineWaker(MachineAccounts accounts, IGrainFactory grains) : IWaker
{
    public string Kind => "machine account";

    public Task<IReadOnlyCollection<string>> NamesAsync() => Task.FromResult(accounts.Names);

    public Task WakeAsync(string name) => grains.GetGrain<IMachineDesk>(name).WakeAsync();
}
