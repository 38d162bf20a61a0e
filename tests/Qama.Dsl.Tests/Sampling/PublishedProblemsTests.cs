using System.Runtime.InteropServices;
using System.Text.Json;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Xunit.Abstractions;

namespace Qama.Tests.Sampling;

/// <summary>Problems of a trained network on MNIST images, with the lowest energies known.</summary>
public class PublishedProblemsTests(ITestOutputHelper output)
{
    [Fact]
    public void One_hundred_sweeps_come_within_half_a_percent_of_the_best_known_energy()
    {
        (AttentionProblemBatch<TestModel<PublishedPlan>> batch, double[] best) = Read();
        var result = new SampleSet(batch.Count, 5, batch.VariableCount);
        new SimulatedAnnealingSampler { Sweeps = 100 }.Fill(batch, result, new SamplingKey(1));
        double[] gaps = [.. Enumerable.Range(0, batch.Count * 5)
            .Select(k => (result.Energy(k / 5, k % 5) - best[k / 5]) / -best[k / 5])];
        output.WriteLine($"Mean gap over {gaps.Length} reads of {result.Provenance}: {100 * gaps.Average():F3} %");
        Assert.InRange(gaps.Average(), -1e-6, 0.005);
    }

    [Fact]
    public void The_test_model_has_the_published_energy()
    {
        (AttentionProblemBatch<TestModel<PublishedPlan>> batch, _) = Read();
        var random = new RandomStream(3);
        byte[] x = [.. Enumerable.Range(0, 392).Select(_ => (byte)random.NextInt32(2))];
        double penalty = 0.8 * Math.Sqrt(2 / Math.PI) * 49 / 7;
        double expected = 0;
        ProblemView view = batch.View(1);
        for (int h = 0; h < 8; h++)
        {
            for (int i = 0; i < 49; i++)
            {
                double local = 0.16 * 49 * view.Fields[h * 64 + i];
                for (int j = 0; j < 49; j++)
                {
                    local += j == i ? 0 : view.Couplings[(h * 49 + i) * 64 + j] * x[h * 49 + j];
                }

                for (int other = h + 1; other < 8; other++)
                {
                    local -= penalty * x[other * 49 + i];
                }

                expected -= local * x[h * 49 + i];
            }
        }

        Assert.Equal(expected, batch.Energy(1, x), 1e-4 * Math.Abs(expected));
    }

    private static (AttentionProblemBatch<TestModel<PublishedPlan>> Batch, double[] Best) Read()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Data");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)> problems = [];
        List<double> best = [];
        foreach (JsonElement entry in index.RootElement.GetProperty("problems").EnumerateArray())
        {
            string id = entry.GetProperty("id").GetString()!;
            problems.Add((ReadFloats(Path.Combine(folder, id + ".j.f32")), ReadFloats(Path.Combine(folder, id + ".h.f32"))));
            best.Add(entry.GetProperty("bestKnownEnergy").GetDouble());
        }

        return (AttentionProblemBatch<TestModel<PublishedPlan>>.FromDense(problems), [.. best]);
    }

    private static float[] ReadFloats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
}
