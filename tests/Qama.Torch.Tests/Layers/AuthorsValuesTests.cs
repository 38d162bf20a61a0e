using Qama.Golden.Tests;
using Qama.Layers;
using Qama.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>What the authors' code computes in float64, for the selections that it found.</summary>
public class AuthorsValuesTests
{
    private const double Tolerance = 1e-9;

    private static readonly (string Theirs, string Ours)[] _ofSecond =
    [
        ("E2V", "EnergyToValue"),
        ("norm_q.weight", "QueryNorm.Weight"), ("norm_q.bias", "QueryNorm.Bias"),
        ("norm_k.weight", "KeyNorm.Weight"), ("norm_k.bias", "KeyNorm.Bias"),
        ("norm_v.weight", "ValueNorm.Weight"), ("norm_v.bias", "ValueNorm.Bias"),
        ("Wq.weight", "QueryProjection"), ("Wk.weight", "KeyProjection"), ("Wv.weight", "ValueProjection"),
    ];

    private static readonly (string Theirs, string Ours)[] _ofFirst =
    [
        ("J_bn.weight", "CouplingNorm.Weight"), ("J_bn.bias", "CouplingNorm.Bias"), ("h_bn.weight", "FieldNorm.Weight"),
        ("h_bn.bias", "FieldNorm.Bias"), ("H_bn.weight", "OutputNorm.Weight"), ("H_bn.bias", "OutputNorm.Bias"),
    ];

    private static readonly (string Theirs, string Ours)[] _statistics =
    [
        ("J_bn.running_mean", "CouplingNorm.RunningMean"), ("J_bn.running_var", "CouplingNorm.RunningVariance"),
        ("h_bn.running_mean", "FieldNorm.RunningMean"), ("h_bn.running_var", "FieldNorm.RunningVariance"),
        ("H_bn.running_mean", "OutputNorm.RunningMean"), ("H_bn.running_var", "OutputNorm.RunningVariance"),
    ];

    [Theory]
    [InlineData("qama_v2.json", 0)]
    [InlineData("qama_v2.json", 1)]
    [InlineData("qama_v2_heads4.json", 0)]
    [InlineData("qama_v2_heads4.json", 1)]
    public void Second_version(string file, int index)
    {
        GoldenCase golden = GoldenCase.Read(file).ElementAt(index);
        QuboAttentionLayer<float> layer = file == "qama_v2.json" ? new SecondVersion(1) : new SecondVersionFourHeads(1);
        using var run = new TensorRun(layer);
        Fill(run, layer, golden, _ofSecond);
        string[] roles = golden.Flag("shared_input") ? ["Q"] : ["Q", "K", "V"];
        Tensor[] inputs = [.. roles.Select(r => run.Leaf(
            golden.Tensor("inputs/" + r), golden.Batch, layer.Model.Tokens, layer.Model.EmbeddingDim))];
        TensorResult result = run.Forward(inputs, Recorded(golden, layer.Model));
        Near("output", golden.Tensor("Hd"), result.Output, Tolerance);
        result.Output.backward([run.Leaf(golden.Tensor("G"), result.Output.shape).detach()]);
        for (int i = 0; i < roles.Length; i++)
        {
            Near("gradient of " + roles[i], golden.Tensor("grads/inputs/" + roles[i]), inputs[i].grad, Tolerance);
        }

        CheckGradients(run, golden, _ofSecond, Tolerance);
    }

    [Theory]
    [InlineData("qama_v1.json", 0)]
    [InlineData("qama_v1.json", 1)]
    [InlineData("qama_v1_heads3.json", 0)]
    [InlineData("qama_v1_heads3.json", 1)]
    [InlineData("qama_v1_eval.json", 0)]
    [InlineData("qama_v1_eval.json", 1)]
    public void First_version(string file, int index)
    {
        GoldenCase golden = GoldenCase.Read(file).ElementAt(index);
        bool isTraining = file != "qama_v1_eval.json";
        QuboAttentionLayer<float> layer = file == "qama_v1.json" ? new FirstVersion(1) : new FirstVersionThreeHeads(1);
        layer.Mode = isTraining ? LayerMode.Training : LayerMode.Evaluation;
        using var run = new TensorRun(layer);
        Fill(run, layer, golden, _ofFirst);
        List<string> buffers = [.. layer.Buffers.Select(b => b.Name)];
        foreach ((string theirs, string ours) in isTraining ? [] : _statistics)
        {
            run.Buffers[buffers.IndexOf(ours)] = run.Leaf(
                golden.Tensor("running_stats_after_one_step/" + theirs), layer.Model.HeadCount).detach();
        }

        Tensor[] own = [.. new[] { "Q", "K", "V" }.Select(r => HeadMajor("inputs/" + r).requires_grad_())];
        TensorResult result = run.Forward([.. own.Select(TokenMajor)], Recorded(golden, layer.Model));
        Tensor outputs = result.Output.view(golden.Batch, layer.Model.Tokens, layer.Model.HeadCount, -1);
        Near("output", golden.Tensor("Hd"), outputs.transpose(1, 2), Tolerance);
        result.Output.backward([TokenMajor(HeadMajor("G"))]);
        for (int i = 0; i < own.Length; i++)
        {
            Near($"gradient of {i}", golden.Tensor("grads/inputs/" + "QKV"[i]), own[i].grad, Tolerance);
        }

        CheckGradients(run, golden, _ofFirst, Tolerance);
        foreach ((string theirs, string ours) in isTraining ? _statistics : [])
        {
            Near(ours, golden.Tensor("running_stats_after_one_step/" + theirs), result.Statistics[buffers.IndexOf(ours)], Tolerance);
        }

        Tensor HeadMajor(string path) => run.Leaf(
            golden.Tensor(path), golden.Batch, layer.Model.HeadCount, layer.Model.Tokens, layer.Model.HeadDim).detach();

        Tensor TokenMajor(Tensor t) => t.transpose(1, 2).reshape(golden.Batch, layer.Model.Tokens, layer.Model.OutputDim);
    }

    private static ReplaySampler Recorded(GoldenCase golden, ModelDescriptor model) => new((_, _) =>
        tensor(golden.Tensor("x")).ne(0).view(golden.Batch, 1, model.HeadCount, model.Tokens, model.SelectionBits));

    private static void Fill(TensorRun run, QuboAttentionLayer<float> layer, GoldenCase golden, (string Theirs, string Ours)[] names)
    {
        run.Parameters = [.. layer.Parameters.Select(p => run.Leaf(
            golden.Tensor("params/" + names.Single(n => n.Ours == p.Name).Theirs), [.. p.Shape.Select(d => (long)d)]))];
    }

    private static void CheckGradients(TensorRun run, GoldenCase golden, (string Theirs, string Ours)[] names, double tolerance)
    {
        foreach ((string theirs, string ours) in names)
        {
            Near("gradient of " + ours, golden.Tensor("grads/params/" + theirs), run.Parameter(ours).grad, tolerance);
        }
    }

    private static void Near(string what, double[] expected, Tensor? actual, double tolerance)
    {
        double[] values = TensorRun.Values(actual!);
        Assert.Equal(expected.Length, values.Length);
        double scale = expected.Max(Math.Abs);
        double error = expected.Zip(values, (e, a) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs(e - a)).Max();
        Assert.True(error <= tolerance * Math.Max(scale, 1e-6), $"{what}: error {error:E2} of {scale:E2}.");
    }
}
