using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qama.Benchmarks;

/// <summary>
/// The processor time of the calling thread, so that what else the machine does is not counted; elapsed time where the
/// system does not tell (elsewhere than on 64-bit Linux).
/// </summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID

    private static readonly bool _tells = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>What is measured, in words.</summary>
    public static string Name => _tells ? "processor time of the thread" : "elapsed time";

    /// <summary>Microseconds since some moment.</summary>
    public static double Microseconds
    {
        get
        {
            if (_tells && GetTime(ThreadProcessorTime, out TimeSpec time) == 0)
            {
                return (time.Seconds * 1e6) + (time.Nanoseconds * 1e-3);
            }

            return Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
