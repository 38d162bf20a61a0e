using System.Runtime.InteropServices;
using System.Text.Json;
using Qama.Layers;

namespace Qama.Cim.Tests;

/// <summary>The published operator on MNIST: 392 binary variables.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class PublishedAttention
{
    /// <summary>Problems of a trained network, and the lowest energies known.</summary>
    public static (AttentionProblemBatch<PublishedAttention> Batch, double[] Best) Load(int count = 4)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Data");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)> problems = [];
        List<double> best = [];
        foreach (JsonElement entry in index.RootElement.GetProperty("problems").EnumerateArray().Take(count))
        {
            string id = entry.GetProperty("id").GetString()!;
            problems.Add((Read(Path.Combine(folder, id + ".j.f32")), Read(Path.Combine(folder, id + ".h.f32"))));
            best.Add(entry.GetProperty("bestKnownEnergy").GetDouble());
        }

        return (AttentionProblemBatch<PublishedAttention>.FromDense(problems), [.. best]);
    }

    private static float[] Read(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
}
