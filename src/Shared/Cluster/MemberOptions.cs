using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace Qama.Cluster.Hosting;

/// <summary>Options that the programs of a cluster have in common.</summary>
internal sealed class MemberOptions
{
    private readonly Option<string> _name = new("--name") { Description = "the cluster", DefaultValueFactory = _ => "qama" };

    private readonly Option<int> _siloPort = new("--silo-port") { Description = "port for other silos", DefaultValueFactory = _ => 11111 };

    private readonly Option<int> _gatewayPort = new("--gateway-port") { Description = "port for clients", DefaultValueFactory = _ => 30000 };

    private readonly Option<int?> _first = new("--first-silo-port")
    {
        Description = "without PostgreSQL: port of the first silo on this computer; that one itself has none",
    };

    private readonly Option<IPAddress?> _address = AddressOption("--address", "address under which others reach this process");

    private readonly Option<double> _probe = new("--probe-seconds")
    {
        Description = "a silo without a sign of life for three times as long counts as dead", DefaultValueFactory = _ => 2,
    };

    private readonly Option<FileInfo?> _certificate = new("--tls-certificate")
    {
        Description = "certificate of this process (.pfx, or PEM): all connections of the cluster are encrypted then",
    };

    private readonly Option<FileInfo?> _key = new("--tls-key") { Description = "its key (PEM), where the certificate's file has none" };

    private readonly Option<FileInfo?> _authority = new("--tls-authority")
    {
        Description = "certificates (PEM) of the authority that signs the cluster's; no other one is believed",
    };

    /// <summary>An option with an IP address.</summary>
    public static Option<IPAddress?> AddressOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!IPAddress.TryParse(text, out IPAddress? address))
            {
                result.AddError($"{name}: expected an IP address, got '{text}'.");
            }

            return address;
        },
    };

    /// <summary>Adds the options of a silo to a command.</summary>
    public void AddTo(Command command)
    {
        AddClientTo(command);
        command.Options.Add(_siloPort);
        command.Options.Add(_first);
        command.Options.Add(_probe);
    }

    /// <summary>Adds the options of a client to a command.</summary>
    public void AddClientTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_gatewayPort);
        command.Options.Add(_address);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
        command.Options.Add(_authority);
        command.Validators.Add(CheckTls);
    }

    /// <summary>The settings that were asked for, and the environment's database.</summary>
    public ClusterSettings Read(ParseResult result) => ReadClient(result) with
    {
        SiloPort = result.GetValue(_siloPort),
        FirstSiloPort = result.GetValue(_first),
        ProbeTime = TimeSpan.FromSeconds(result.GetValue(_probe)),
    };

    /// <summary>The settings of a client.</summary>
    public ClusterSettings ReadClient(ParseResult result) => new ClusterSettings
    {
        Name = result.GetValue(_name)!,
        GatewayPort = result.GetValue(_gatewayPort),
        Address = result.GetValue(_address),
        Tls = result.GetValue(_certificate) is { } certificate
            ? new ClusterTls(certificate.FullName, result.GetValue(_authority)!.FullName) { KeyFile = result.GetValue(_key)?.FullName } : null,
    }.WithEnvironment();

    private void CheckTls(CommandResult result)
    {
        if (result.GetResult(_certificate) is null != result.GetResult(_authority) is null)
        {
            result.AddError("Expected --tls-certificate and --tls-authority, or neither.");
        }
        else if (result.GetResult(_key) is not null && result.GetResult(_certificate) is null)
        {
            result.AddError("Expected --tls-certificate beside --tls-key.");
        }
    }
}
