using System.Text.Json.Serialization;
using Qama.Cim.Json;
using Qama.Cim.Transport;

namespace Qama.Cim.Files;

/// <summary>What a manifest tells of a matrix file.</summary>
internal sealed record ManifestEntry(
    string Name, string File, string Key, string Machine, string Form, int MatrixSize, int SpinCount)
{
    /// <exception cref="CimAnswerException">It is none.</exception>
    public static ManifestEntry Parse(CheckedJson json) => new(
        json[nameof(Name)].Text(), json[nameof(File)].Text(), json[nameof(Key)].Text(), json[nameof(Machine)].Text(),
        json[nameof(Form)].Text(),
        json[nameof(MatrixSize)].Integer(1, int.MaxValue), json[nameof(SpinCount)].Integer(1, int.MaxValue));
}

/// <summary>Manifests as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(List<ManifestEntry>))]
internal sealed partial class ManifestJson : JsonSerializerContext;
