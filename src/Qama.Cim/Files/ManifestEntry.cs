using System.Text.Json.Serialization;

namespace Qama.Cim.Files;

/// <summary>What a manifest tells of a matrix file.</summary>
internal sealed record ManifestEntry(
    string Name, string File, string Key, string Machine, string Form, int MatrixSize, int SpinCount);

/// <summary>Manifests as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(List<ManifestEntry>))]
internal sealed partial class ManifestJson : JsonSerializerContext;
