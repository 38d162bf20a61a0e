using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Layer = Qama.Tests.Layers.HandwrittenLayer<float>;

namespace Qama.Tests.Layers;

/// <summary>A batch whose numbers are not finite, or too large, is told of and leaves running statistics alone.</summary>
public class NonFiniteBatchTests
{
    private static ModelDescriptor All => Layer.Descriptor with
    {
        NormalizesCouplings = true,
        NormalizesFields = true,
        NormalizesOutput = true,
    };

    // Inputs are query, key and value; the field reads the value, the couplings query and key.
    public static TheoryData<bool, bool, bool, int, float, string> Batches => new()
    {
        { true, false, false, 0, float.NaN, "CouplingNorm: sample 1 of the batch has a value in head 0 that is NaN or infinite" },
        { true, false, false, 1, float.PositiveInfinity, "CouplingNorm: sample 1" },
        { false, true, false, 2, float.NegativeInfinity, "FieldNorm: sample 1" },
        { false, true, false, 2, 1e30f, "FieldNorm: values of the batch in head 0 are too large for their variance" },
        { true, false, false, 0, 1e30f, "CouplingNorm: values of the batch in head 0 are too large" },
        { false, false, true, 2, 1e25f, "OutputNorm: values of the batch in head 0 are too large" },
        { true, true, true, 2, float.NaN, "FieldNorm: sample 1" },
        { false, false, false, 0, float.NaN, "sample 1 of the batch has a coupling or field that is NaN or infinite" },
        { false, false, false, 2, float.PositiveInfinity, "sample 1 of the batch has a coupling or field" },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public async Task Running_statistics_stay_and_the_sample_is_named(
        bool couplings, bool fields, bool output, int role, float value, string message)
    {
        foreach (bool asynchronous in new[] { false, true })
        {
            var run = new LayerRun<float>(
                Layer.Descriptor with { NormalizesCouplings = couplings, NormalizesFields = fields, NormalizesOutput = output })
            {
                Sampler = new Checking(),
            };
            float[][] before = [.. run.Layer.Buffers.Select(b => b.Value.ToArray())];
            int place = Layer.N * run.Layer.Model.EmbeddingDim;
            float good = run.Inputs[role][place];
            run.Inputs[role][place] = value;
            NotFiniteNumberException error = asynchronous
                ? await Assert.ThrowsAsync<NotFiniteNumberException>(() => run.Layer.ForwardAsync(
                    run.Inputs[0], run.Inputs[1], run.Inputs[2], run.Output, run.Workspace, run.Sampler).AsTask())
                : Assert.Throws<NotFiniteNumberException>(() => run.Forward());
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(before, run.Layer.Buffers.Select(b => b.Value.ToArray()));
            Assert.Throws<InvalidOperationException>(() => run.Backward());

            run.Inputs[role][place] = good;
            run.Layer.Mode = LayerMode.Evaluation;
            Assert.All(run.Forward().Output, y => Assert.True(float.IsFinite(y)));
        }
    }

    [Fact]
    public void In_evaluation_a_sample_that_is_not_finite_after_the_readout_spoils_no_other()
    {
        var run = new LayerRun<float>(All, mode: LayerMode.Evaluation);
        float[] clean = [.. run.Forward().Output];
        int perSample = Layer.N * run.Layer.Model.EmbeddingDim;
        run.Inputs[2][perSample] = 5e36f; // larger ones no sampler takes
        run.Forward();
        Assert.Equal(clean[..perSample], run.Output[..perSample]);
        Assert.Equal(clean[(2 * perSample)..], run.Output[(2 * perSample)..]);
    }

    [Fact]
    public void Statistics_that_are_spoilt_already_are_told_of()
    {
        var run = new LayerRun<float>(All);
        run.Layer.Buffers["OutputNorm.RunningVariance"].Value[1] = float.NaN;
        Assert.Contains(
            "running mean or variance of head 1 is NaN or infinite already",
            Assert.Throws<NotFiniteNumberException>(() => run.Forward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_whose_memory_is_no_array_are_refused()
    {
        var layer = new Layer(All);
        foreach (int batch in new[] { int.MaxValue, int.MaxValue / 2, 1 << 30, 1 << 29 })
        {
            Assert.Contains("fit into no array", Assert.Throws<ArgumentOutOfRangeException>(
                () => layer.CreateWorkspace(batch)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Checks problems as every sampler does, and selects everything.</summary>
    private sealed class Checking : ISampler
    {
        public string Name => "checking";

        public async ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            problems.CheckBeforeSampling(result);
            for (int p = 0; p < problems.Count; p++)
            {
                result.State(p).Fill(1);
            }
        }
    }
}
