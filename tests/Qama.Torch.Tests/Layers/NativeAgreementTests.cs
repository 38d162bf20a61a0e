using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>The tensor path's outputs, gradients and running statistics are the native layer's, the selections being
/// the same.</summary>
public class NativeAgreementTests
{
    private const int Batch = 4;
    private const double ValueTolerance = 1e-5;
    private const double GradientTolerance = 1e-4;

    private static readonly Dictionary<string, Func<QuboAttentionLayer<float>>> _layers = new()
    {
        [nameof(SecondVersion)] = () => new SecondVersion(3), [nameof(SecondVersionFourHeads)] = () => new SecondVersionFourHeads(3),
        [nameof(FirstVersion)] = () => new FirstVersion(3), [nameof(FirstVersionThreeHeads)] = () => new FirstVersionThreeHeads(3),
        [nameof(Stable)] = () => new Stable(3), [nameof(Blocks)] = () => new Blocks(3), [nameof(CouplingOnly)] = () => new CouplingOnly(3),
        [nameof(NormedAttention)] = () => new NormedAttention(3), [nameof(Windowed)] = () => new Windowed(3), [nameof(Expected)] = () => new Expected(3),
        [nameof(Scaled)] = () => new Scaled(3), [nameof(LearnedPairs)] = () => new LearnedPairs(3),
        [nameof(LearnedBias)] = () => new LearnedBias(3), [nameof(LearnedFirstVersion)] = () => new LearnedFirstVersion(3),
        [nameof(LearnedDirections)] = () => new LearnedDirections(3), [nameof(LearnedExpected)] = () => new LearnedExpected(3),
        [nameof(OwnReadout)] = () => new OwnReadout(3),
        [nameof(OwnExpected)] = () => new OwnExpected(3), [nameof(OwnPlaces)] = () => new OwnPlaces(3),
        [nameof(Marginals)] = () => new Marginals(3),
    };

    public static TheoryData<string, bool, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool, bool, bool>();
            foreach (string name in _layers.Keys)
            {
                cases.Add(name, true, false, false);
                cases.Add(name, true, true, true);
                cases.Add(name, false, false, true);
                cases.Add(name, false, true, false);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_gradients_and_running_statistics_agree(string name, bool isTraining, bool isShared, bool hasLengths)
    {
        QuboAttentionLayer<float> layer = Make(name, isTraining);
        ModelDescriptor model = layer.Model;
        float[][] inputs = [.. Enumerable.Range(0, isShared ? 1 : 3).Select(i => Inputs(layer, i))];
        float[] gradient = Numbers.Random(Batch * model.Tokens * model.OutputDim, 9);
        int[]? lengths = hasLengths ? [model.Tokens, 2, 0, 3] : null;
        if (hasLengths)
        {
            Spoil(inputs, lengths!, model);
        }

        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            layer = Make(name, isTraining);
            using var run = new TensorRun(layer, type);
            LayerWorkspace<float> workspace = layer.CreateWorkspace(Batch);
            var output = new float[gradient.Length];
            float[][] gradients = [.. inputs.Select(i => new float[i.Length])];
            ISampler sampler = model.Temperature is null ? new SimulatedAnnealingSampler { Sweeps = 20 } : new ExactSampler();
            if (isShared)
            {
                layer.Forward(inputs[0], output, workspace, sampler, lengths);
                layer.Backward(gradient, gradients[0], workspace);
            }
            else
            {
                layer.Forward(inputs[0], inputs[1], inputs[2], output, workspace, sampler, lengths);
                layer.Backward(gradient, gradients[0], gradients[1], gradients[2], workspace);
            }

            run.Lengths = lengths is null ? null : tensor(lengths);
            Tensor[] leaves = [.. inputs.Select(i => run.Leaf(i, Batch, model.Tokens, model.EmbeddingDim))];
            TensorResult result = run.Forward(leaves, ReplaySampler.Of(workspace.Samples, model, Batch));
            result.Output.backward([run.Leaf(gradient, result.Output.shape).detach()]);
            Near("output", output, result.Output, ValueTolerance);
            for (int i = 0; i < leaves.Length; i++)
            {
                Near($"gradient of input {i}", gradients[i], leaves[i].grad, GradientTolerance);
            }

            for (int p = 0; p < layer.Parameters.Count; p++)
            {
                Parameter<float> own = layer.Parameters[p];
                Near("gradient of " + own.Name, own.Gradient.ToArray(), run.Parameters[p].grad, GradientTolerance);
            }

            Assert.Equal(isTraining ? layer.Buffers.Count : 0, result.Statistics.Count);
            for (int b = 0; b < result.Statistics.Count; b++)
            {
                Near(layer.Buffers[b].Name, layer.Buffers[b].Value.ToArray(), result.Statistics[b], GradientTolerance);
            }

            CheckProblem(workspace, result, model);
            Assert.Same(result.Problem, run.Model.Weighed);
        }
    }

    /// <summary>No pair of tokens, or one token alone: a mean of nothing, and a variance of one number, are not taken
    /// in.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Statistics_of_too_few_entries_leave_the_running_ones_alone(int length)
    {
        QuboAttentionLayer<float> layer = Make(nameof(Stable), isTraining: true);
        using var run = new TensorRun(layer);
        float[] x = Numbers.Random(layer.Model.Tokens * layer.Model.EmbeddingDim, 1);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1);
        var output = new float[layer.Model.Tokens * layer.Model.OutputDim];
        double[][] before = [.. run.Buffers.Select(TensorRun.Values)];
        layer.Forward(x, output, workspace, new SimulatedAnnealingSampler(), [length]);
        run.Lengths = tensor(new[] { length });
        Tensor input = run.Leaf(x, 1, layer.Model.Tokens, layer.Model.EmbeddingDim);
        TensorResult result = run.Forward([input], ReplaySampler.Of(workspace.Samples, layer.Model, 1));
        Near("output", output, result.Output, ValueTolerance);
        for (int b = 0; b < before.Length; b++)
        {
            Near(layer.Buffers[b].Name, layer.Buffers[b].Value.ToArray(), result.Statistics[b], ValueTolerance);
        }

        Assert.Equal(before[0], TensorRun.Values(result.Statistics[0]));
        Assert.Equal(before[3], TensorRun.Values(result.Statistics[3]));
    }

    /// <summary>What samplers see, too: the native layer's QUBO has −w_J J c c between tokens of a head and −w_f f c on
    /// the diagonal.</summary>
    private static void CheckProblem(LayerWorkspace<float> workspace, TensorResult result, ModelDescriptor model)
    {
        double[] couplings = TensorRun.Values(result.Problem.Couplings!);
        double[]? fields = result.Problem.Fields is { } f ? TensorRun.Values(f) : null;
        Assert.False(result.Problem.Couplings!.requires_grad);
        double unit = 1.0 / ((1 << model.SelectionBits) - 1);
        int rows = model.HeadCount * model.Tokens;
        for (int s = 0; s < Batch; s++)
        {
            QuboMatrix qubo = workspace.Problems.ToQubo(s);
            for (int row = 0; row < rows; row++)
            {
                int first = row / model.Tokens * model.Tokens;
                for (int j = 0; j < model.Tokens; j++)
                {
                    if (first + j != row)
                    {
                        double own = -model.CouplingWeight * couplings[(s * rows + row) * model.Tokens + j] * unit * unit;
                        Assert.Equal(qubo[row * model.SelectionBits, (first + j) * model.SelectionBits], own, 1e-4);
                    }
                }

                bool isPresent = row - first < workspace.Problems.TokenCounts[s];
                if (fields is not null && isPresent && !model.KeepsDiagonal && model.SelectionBits == 1)
                {
                    Assert.Equal(qubo[row, row], -model.FieldWeight * fields[s * rows + row], 1e-4);
                }
            }
        }
    }

    /// <summary>A layer whose norms do something.</summary>
    private static QuboAttentionLayer<float> Make(string name, bool isTraining)
    {
        QuboAttentionLayer<float> layer = _layers[name]();
        layer.Mode = isTraining ? LayerMode.Training : LayerMode.Evaluation;
        int seed = 20;
        foreach (Parameter<float> parameter in layer.Parameters.Concat(layer.Buffers))
        {
            float[] noise = Numbers.Random(parameter.Length, seed++);
            bool isNorm = parameter.Name.Contains("Norm.", StringComparison.Ordinal);
            bool isVariance = parameter.Name.EndsWith("RunningVariance", StringComparison.Ordinal);
            for (int i = 0; i < parameter.Length && isNorm; i++)
            {
                parameter.Value[i] = isVariance ? 1.2f + noise[i] : parameter.Value[i] + 0.5f * noise[i];
            }
        }

        // Fields far from 0, which the first version divides by.
        foreach (Parameter<float> shift in layer.Parameters.Where(p => p.Name == "FieldNorm.Bias"))
        {
            shift.Value.Fill(4);
        }

        return layer;
    }

    private static float[] Inputs(QuboAttentionLayer<float> layer, int seed)
    {
        float[] values = Numbers.Random(Batch * layer.Model.Tokens * layer.Model.EmbeddingDim, seed);
        return layer.Model.HasProjection ? values : [.. values.Select(v => 0.2f + Math.Abs(v))];
    }

    /// <summary>Padding is never read.</summary>
    private static void Spoil(float[][] inputs, int[] lengths, ModelDescriptor model)
    {
        for (int s = 0; s < lengths.Length; s++)
        {
            int start = (s * model.Tokens + lengths[s]) * model.EmbeddingDim;
            int end = (s + 1) * model.Tokens * model.EmbeddingDim;
            foreach (float[] input in inputs)
            {
                input.AsSpan(start, end - start).Fill(float.NaN);
            }
        }
    }

    private static void Near(string what, float[] expected, Tensor? actual, double tolerance)
    {
        Assert.True(actual is not null, what + " is missing.");
        double[] values = TensorRun.Values(actual!);
        Assert.Equal(expected.Length, values.Length);
        double scale = Math.Max(1e-2, expected.Max(Math.Abs));
        double error = expected.Zip(values, (e, a) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs(e - a)).Max();
        Assert.True(error <= tolerance * scale, $"{what}: error {error:E2} of {scale:E2}.");
    }
}
