using System.CommandLine;
using System.Net;

namespace Qama.Cluster.Hosting;

/// <summary>Options that every program of a cluster has.</summary>
internal sealed class MemberOptions
{
    private readonly Option<string> _name = new("--name") { Description = "the cluster", DefaultValueFactory = _ => "qama" };

    private readonly Option<int> _siloPort = new("--silo-port") { Description = "port for other silos", DefaultValueFactory = _ => 11111 };

    private readonly Option<int> _gatewayPort = new("--gateway-port") { Description = "port for clients", DefaultValueFactory = _ => 30000 };

    private readonly Option<int?> _first = new("--first-silo-port")
    {
        Description = "without PostgreSQL: port of the first silo on this computer; that one itself has none",
    };

    private readonly Option<string?> _address = new("--address") { Description = "address under which others reach this process" };

    private readonly Option<double> _probe = new("--probe-seconds")
    {
        Description = "a silo without a sign of life for three times as long counts as dead", DefaultValueFactory = _ => 2,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_siloPort);
        command.Options.Add(_gatewayPort);
        command.Options.Add(_first);
        command.Options.Add(_address);
        command.Options.Add(_probe);
    }

    /// <summary>The settings that were asked for, and the environment's database.</summary>
    public ClusterSettings Read(ParseResult result) => new ClusterSettings
    {
        Name = result.GetValue(_name)!,
        SiloPort = result.GetValue(_siloPort),
        GatewayPort = result.GetValue(_gatewayPort),
        FirstSiloPort = result.GetValue(_first),
        ProbeTime = TimeSpan.FromSeconds(result.GetValue(_probe)),
        Address = result.GetValue(_address) is { } text ? IPAddress.Parse(text) : null,
    }.WithEnvironment();
}
