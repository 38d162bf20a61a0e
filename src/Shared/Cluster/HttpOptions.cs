using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace Qama.Cluster.Hosting;

/// <summary>Options about what a silo says by HTTP.</summary>
internal sealed class HttpOptions
{
    private readonly Option<int?> _port = new("--http-port") { Description = "port for /health/live and /health/ready; none without" };

    private readonly Option<IPAddress?> _address =
        MemberOptions.AddressOption("--http-address", "address to listen on, 0.0.0.0 for all; this computer alone without");

    private readonly Option<bool> _dashboard = new("--dashboard") { Description = "Orleans' dashboard at /dashboard, for this computer alone" };

    private readonly Option<bool> _remote = new("--dashboard-remote")
    {
        Description = "the dashboard for everyone who reaches the port: it asks for no password",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_address);
        command.Options.Add(_dashboard);
        command.Options.Add(_remote);
        command.Validators.Add(Check);
    }

    /// <summary>What was asked for.</summary>
    public HttpSettings Read(ParseResult result) => new(
        result.GetValue(_port), result.GetValue(_address) ?? IPAddress.Loopback, result.GetValue(_dashboard), result.GetValue(_remote));

    private void Check(CommandResult result)
    {
        // What was given, not its value: a value that is none is told by its own parser.
        if (result.GetResult(_port)?.Tokens is [{ Value: var text }] && int.TryParse(text, out int port)
            && port is not (>= 1 and <= IPEndPoint.MaxPort))
        {
            result.AddError($"--http-port: expected a port in 1..{IPEndPoint.MaxPort}.");
        }

        if (!IsGiven(_port) && (IsGiven(_address) || IsGiven(_dashboard) || IsGiven(_remote)))
        {
            result.AddError("Expected --http-port beside --http-address, --dashboard and --dashboard-remote.");
        }
        else if (IsGiven(_remote) && !IsGiven(_dashboard))
        {
            result.AddError("Expected --dashboard beside --dashboard-remote.");
        }

        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
    }
}

/// <summary>What a silo says by HTTP.</summary>
/// <param name="Port">Where; null for nothing.</param>
/// <param name="Address">The address to listen on.</param>
/// <param name="Dashboard">Whether there is a dashboard.</param>
/// <param name="IsRemote">Whether the dashboard is for other computers too.</param>
internal sealed record HttpSettings(int? Port, IPAddress Address, bool Dashboard, bool IsRemote);
