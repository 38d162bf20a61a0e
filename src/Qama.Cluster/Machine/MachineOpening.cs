using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qama.Cim.Journal;
using Qama.Cim.Transport;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Machine;

/// <summary>From the settings of an account to its work.</summary>
internal static class MachineOpening
{
    /// <summary>Opens journal and transport; the journal is taken over by this.</summary>
    /// <exception cref="CimException">The journal or the transport cannot be used.</exception>
    public static async Task<MachineWork> OpenAsync(
        string account, ClusterSettings settings, IServiceProvider services, ILogger logger, CancellationToken stop)
    {
        CimJournal? journal = null;
        ICimTransport? transport = null;
        try
        {
            MachineOptions options = (services.GetService<MachineAccounts>() ?? new MachineAccounts()).Find(account);
            journal = settings.Postgres is { } postgres
                ? await PostgresJournal.OpenAsync(postgres, account).ConfigureAwait(false)
                : CimJournal.Open(options.JournalFile ?? Path.Combine("machines", account + ".db"));
            transport = await options.Transport!(services, stop).ConfigureAwait(false);
            MachineWork work = await MachineWork.StartAsync(account, options, journal, transport, logger, TimeProvider.System).ConfigureAwait(false);
            work.GiveUpWhen(services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None);
            MachineLog.Opened(logger, account);
            return work;
        }
        catch (Exception e)
        {
            if (transport is not null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }

            if (journal is not null)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            MachineLog.NotOpened(logger, account, e is CimException ? e.Message : e.GetType().Name);
            throw e is CimException ? e : new CimConfigurationException(
                $"Machine account {account} cannot be used: {e.GetType().Name} while its transport was made. The server's log says more.", e);
        }
    }
}
