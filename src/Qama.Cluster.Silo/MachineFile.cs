using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Cluster.Machine;

namespace Qama.Cluster.Silo;

/// <summary>Machine accounts as a file: a JSON object with one property per account. Credentials are not in it: it names the file that
/// has them, or they come from the environment.</summary>
internal static class MachineFile
{
    private static readonly CimMachine[] _machines = [CimMachine.Cpqc550, CimMachine.Cpqc1000];

    private static readonly JsonSerializerOptions _strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Adds the accounts of a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file; the message names account and setting.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void AddTo(IServiceCollection services, string path)
    {
        foreach ((string account, Account settings) in Read(path))
        {
            try
            {
                services.AddMachine(account, settings.Apply);
            }
            catch (Exception e) when (e is ArgumentException or CimException or UriFormatException)
            {
                throw new InvalidDataException($"'{path}', account '{account}': {e.Message}", e);
            }
        }
    }

    private static Dictionary<string, Account> Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize<Dictionary<string, Account?>>(file, _strict) is { Count: > 0 } accounts
                && accounts.All(a => a.Value is not null)
                ? accounts.ToDictionary(a => a.Key, a => a.Value!, StringComparer.Ordinal)
                : throw new InvalidDataException($"'{path}': expected an object with one object per machine account.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}', line {e.LineNumber + 1}, at {e.Path ?? "$"}: {e.Message}", e);
        }
    }

    private sealed record Account
    {
        /// <summary>The machine's name.</summary>
        public string Machine { get; init; } = CimMachine.Cpqc550.Name;

        /// <summary>The machine's address, for an emulator; null for the vendor's.</summary>
        public Uri? Address { get; init; }

        /// <summary>The file with the account's credentials; null for those of the environment.</summary>
        public string? Secrets { get; init; }

        public int MaxConcurrentTasks { get; init; } = 4;

        public int? MaxTasksPerDay { get; init; }

        public int? MaxTasksPerDayPerCaller { get; init; }

        /// <summary>Seconds between the first queries of a task.</summary>
        public double PollSeconds { get; init; } = 1;

        /// <summary>The journal's file of a cluster in memory.</summary>
        public string? Journal { get; init; }

        public void Apply(MachineOptions options)
        {
            options.Machine = Array.Find(_machines, m => m.Name == Machine) ?? throw new ArgumentException(
                $"machine: expected {string.Join(" or ", _machines.Select(m => m.Name))}, got '{Machine}'.");
            CimCredentials credentials = (Secrets is { } file ? CimCredentials.FromFile(file) : CimCredentials.Find())
                ?? throw new ArgumentException(
                    $"there are no credentials: name a file with \"secrets\", or set {CimCredentials.UserVariable} and {CimCredentials.CodeVariable}.");
            QbosonOptions web = Address is { } address ? new() { AuthAddress = address, TaskAddress = address } : new();
            options.Transport = (_, _) => ValueTask.FromResult<ICimTransport>(new QbosonTransport(web, credentials));
            (options.MaxConcurrentTasks, options.MaxTasksPerDay) = (MaxConcurrentTasks, MaxTasksPerDay);
            (options.MaxTasksPerDayPerCaller, options.JournalFile) = (MaxTasksPerDayPerCaller, Journal);
            if (!(PollSeconds >= 0.01 && PollSeconds <= 3600))
            {
                throw new ArgumentException($"pollSeconds: expected 0.01 to 3600, got {PollSeconds}.");
            }

            options.PollInterval = TimeSpan.FromSeconds(PollSeconds);
            options.MaxPollInterval = TimeSpan.FromSeconds(Math.Max(30, PollSeconds));
        }
    }
}
