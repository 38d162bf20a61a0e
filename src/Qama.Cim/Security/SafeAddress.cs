namespace Qama.Cim.Security;

/// <summary>Where credentials may be sent.</summary>
internal static class SafeAddress
{
    /// <summary>Checks an address: HTTPS, or HTTP to this machine.</summary>
    public static Uri Check(Uri address, string name)
    {
        ArgumentNullException.ThrowIfNull(address, name);
        bool isSafe = address.IsAbsoluteUri
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
        if (!isSafe || address.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                "Expected an absolute https address without credentials in it (http only to this machine).", name);
        }

        return address;
    }
}
