using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qama.Benchmarks;

/// <summary>A command's measurements, with what they were taken on.</summary>
/// <param name="Command">The command.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="Processor">The processor.</param>
/// <param name="Architecture">Its architecture.</param>
/// <param name="Vector512">Whether the runtime uses registers of 512 bits.</param>
/// <param name="Measurements">What was measured.</param>
internal sealed record JsonReport<T>(
    string Command, string Runtime, string Processor, string Architecture, bool Vector512, T Measurements);

/// <summary>Measurements as JSON.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Write<T>(string path, string command, T measurements) => File.WriteAllText(
        path,
        JsonSerializer.Serialize(
            new JsonReport<T>(
                command, RuntimeInformation.FrameworkDescription, Machine.ProcessorName,
                RuntimeInformation.ProcessArchitecture.ToString(), System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated, measurements),
            _options) + "\n");

    /// <summary>What <see cref="Write"/> wrote; null where there is no such file.</summary>
    public static JsonReport<T>? Read<T>(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<JsonReport<T>>(File.ReadAllText(path), _options) : null;
}
