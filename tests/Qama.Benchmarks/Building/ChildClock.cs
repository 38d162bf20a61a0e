using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qama.Benchmarks.Building;

/// <summary>Processor time of programs that this one has started and waited for, with what they started and waited for in turn; elapsed
/// time where the system does not tell (elsewhere than on 64-bit Linux).</summary>
internal static partial class ChildClock
{
    private const int Children = -1; // RUSAGE_CHILDREN

    /// <summary>Longs of <c>struct rusage</c>, of which the first four are user and system time, in seconds and microseconds.</summary>
    private const int UsageLongs = 18;

    private static readonly bool _tells = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Seconds since some moment.</summary>
    public static double Seconds
    {
        get
        {
            var usage = new long[UsageLongs];
            return _tells && GetUsage(Children, usage) == 0
                ? usage[0] + usage[2] + ((usage[1] + usage[3]) * 1e-6)
                : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        }
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetUsage(int who, long[] usage);
}
