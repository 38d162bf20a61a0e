using System.ComponentModel;
using System.Diagnostics;

namespace Qama.Tool.Serving;

/// <summary>The reader's browser.</summary>
internal static class Browser
{
    /// <summary>Shows an address; where there is no browser, nothing happens.</summary>
    /// <param name="address">An address of this program.</param>
    public static void Show(Uri address)
    {
        try
        {
            (string program, string[] before) = OperatingSystem.IsWindows() ? ("explorer", Array.Empty<string>())
                : OperatingSystem.IsMacOS() ? ("open", []) : ("xdg-open", []);
            using var process = Process.Start(new ProcessStartInfo(program, [.. before, address.AbsoluteUri])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            });
        }
        catch (Win32Exception)
        {
            // The address was printed.
        }
    }
}
