using System.Net;

namespace Qama.Cim.Security;

/// <summary>Where credentials may be sent.</summary>
internal static class SafeAddress
{
    /// <summary>Checks an address: HTTPS, or HTTP to this machine.</summary>
    public static Uri Check(Uri address, string name)
    {
        ArgumentNullException.ThrowIfNull(address, name);
        bool isSafe = address.IsAbsoluteUri
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IsThisComputer(address)));
        if (!isSafe || address.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                "Expected an absolute https address without credentials in it (http only to this machine).", name);
        }

        return address;
    }

    /// <summary>Whether an address means this computer, however it is spelled: 127.0.0.0/8, ::1, and the names of "localhost",
    /// which mean nothing else (RFC 6761, section 6.3).</summary>
    public static bool IsThisComputer(Uri address)
    {
        string host = Host(address);
        return address.IsLoopback || (IPAddress.TryParse(host, out IPAddress? ip)
            ? IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip)
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The addresses to connect to for one that means this computer; no name is looked up.</summary>
    public static IPAddress[] LoopbackOf(Uri address) =>
        IPAddress.TryParse(Host(address), out IPAddress? ip) ? [ip] : [IPAddress.Loopback, IPAddress.IPv6Loopback];

    private static string Host(Uri address) => address.DnsSafeHost.TrimEnd('.');
}
