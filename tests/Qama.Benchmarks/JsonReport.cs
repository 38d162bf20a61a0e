using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace Qama.Benchmarks;

/// <summary>Measurements as JSON, with what they were taken on.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    public static void Write<T>(string path, string command, IReadOnlyList<T> measurements) => File.WriteAllText(
        path,
        JsonSerializer.Serialize(
            new
            {
                command,
                runtime = RuntimeInformation.FrameworkDescription,
                architecture = RuntimeInformation.ProcessArchitecture.ToString(),
                vector512 = Vector512.IsHardwareAccelerated,
                measurements,
            },
            _options));
}
