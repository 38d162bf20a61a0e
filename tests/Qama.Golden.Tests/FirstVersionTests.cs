using Qama.Ising;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Golden.Tests;

public class FirstVersionTests
{
    private static readonly (string Theirs, string Ours)[] _norms =
        [("J_bn", "CouplingNorm"), ("h_bn", "FieldNorm"), ("H_bn", "OutputNorm")];

    public static TheoryData<string, int> Cases => new()
    {
        { "qama_v1.json", 0 }, { "qama_v1.json", 1 }, { "qama_v1_heads3.json", 0 }, { "qama_v1_heads3.json", 1 },
        { "qama_v1_eval.json", 0 }, { "qama_v1_eval.json", 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Output_running_statistics_and_every_gradient_agree_with_the_authors_code(string file, int index)
    {
        GoldenCase golden = GoldenCase.Read(file).ElementAt(index);
        bool training = file != "qama_v1_eval.json";
        QuboAttentionLayer<Number> layer = file == "qama_v1.json" ? new FirstVersion(1) : new FirstVersionThreeHeads(1);
        layer.Mode = training ? LayerMode.Training : LayerMode.Evaluation;
        foreach ((string theirs, string ours) in _norms)
        {
            Fill(layer.Parameters[ours + ".Weight"].Value, golden.Tensor($"params/{theirs}.weight"));
            Fill(layer.Parameters[ours + ".Bias"].Value, golden.Tensor($"params/{theirs}.bias"));
            if (!training)
            {
                Fill(layer.Buffers[ours + ".RunningMean"].Value, golden.Tensor($"running_stats_after_one_step/{theirs}.running_mean"));
                Fill(layer.Buffers[ours + ".RunningVariance"].Value, golden.Tensor($"running_stats_after_one_step/{theirs}.running_var"));
            }
        }

        LayerWorkspace<Number> workspace = layer.CreateWorkspace(golden.Batch);
        Number[] query = TokenMajor(golden, layer, "inputs/Q");
        Number[] key = TokenMajor(golden, layer, "inputs/K");
        Number[] value = TokenMajor(golden, layer, "inputs/V");
        var output = new Number[query.Length];
        var sampler = new FixedSampler([.. golden.Tensor("x").Select(v => (byte)v).Chunk(layer.Model.VariableCount)]);
        layer.Forward(query, key, value, output, workspace, sampler);
        Check("output", "Hd", output, Agreement.Values);
        if (golden.Has("solver_energy"))
        {
            double[] energies = golden.Tensor("solver_energy");
            for (int b = 0; b < golden.Batch; b++)
            {
                Assert.Equal(energies[b], workspace.Samples.Energy(b), 1e-5 * Math.Abs(energies[b]) + 1e-5);
            }
        }

        Number[][] gradients = [new Number[query.Length], new Number[query.Length], new Number[query.Length]];
        layer.Backward(TokenMajor(golden, layer, "G"), gradients[0], gradients[1], gradients[2], workspace);
        Check("gradient of Q", "grads/inputs/Q", gradients[0], Agreement.Gradients);
        Check("gradient of K", "grads/inputs/K", gradients[1], Agreement.Gradients);
        Check("gradient of V", "grads/inputs/V", gradients[2], Agreement.Gradients);
        foreach ((string theirs, string ours) in _norms)
        {
            foreach ((string theirSuffix, string ourSuffix) in new[] { ("weight", ".Weight"), ("bias", ".Bias") })
            {
                Agreement.Check(
                    $"gradient of {ours}{ourSuffix}", golden.Tensor($"grads/params/{theirs}.{theirSuffix}"),
                    layer.Parameters[ours + ourSuffix].Gradient.ToArray(), Agreement.Gradients);
            }

            Agreement.Check(
                ours + " mean", golden.Tensor($"running_stats_after_one_step/{theirs}.running_mean"),
                layer.Buffers[ours + ".RunningMean"].Value.ToArray(), Statistics());
            Agreement.Check(
                ours + " variance", golden.Tensor($"running_stats_after_one_step/{theirs}.running_var"),
                layer.Buffers[ours + ".RunningVariance"].Value.ToArray(), Statistics());
        }

        // Where V changes sign the output divides by fields near 0, which costs digits.
        double Statistics() => index == 0 ? Agreement.Values : Agreement.Gradients;

        void Check(string what, string path, Number[] actual, double tolerance) =>
            Agreement.Check(what, [.. TokenMajor(layer, golden.Tensor(path))], actual, tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Raw_coefficients_and_qubo_agree_with_the_authors_code(string file, int index)
    {
        GoldenCase golden = GoldenCase.Read(file).ElementAt(index);
        bool two = file == "qama_v1.json";
        QuboAttentionLayer<Number> layer = two ? new FirstVersion(1) : new FirstVersionThreeHeads(1);
        int tokens = layer.Model.Tokens, heads = layer.Model.HeadCount, n = layer.Model.VariableCount;
        Number[] query = TokenMajor(golden, layer, "inputs/Q"), key = TokenMajor(golden, layer, "inputs/K");
        Number[] value = TokenMajor(golden, layer, "inputs/V");
        int perSample = tokens * layer.Model.OutputDim;
        for (int b = 0; b < golden.Batch; b++)
        {
            var couplings = new Number[heads * tokens * tokens];
            var fields = new Number[heads * tokens];
            Range sample = (b * perSample)..((b + 1) * perSample);
            if (two)
            {
                FirstVersion.ComputeCouplings(query[sample], key[sample], couplings);
                FirstVersion.ComputeFields(value[sample], fields);
            }
            else
            {
                FirstVersionThreeHeads.ComputeCouplings(query[sample], key[sample], couplings);
                FirstVersionThreeHeads.ComputeFields(value[sample], fields);
            }

            Agreement.Check("J", golden.Tensor("J_raw")[(b * couplings.Length)..((b + 1) * couplings.Length)], couplings, Agreement.Values);
            Agreement.Check("f", golden.Tensor("h_raw")[(b * fields.Length)..((b + 1) * fields.Length)], fields, Agreement.Values);
            if (!golden.Has("qubo"))
            {
                continue;
            }

            Number[] j = Numbers(golden.Tensor("J")[(b * couplings.Length)..((b + 1) * couplings.Length)]);
            Number[] f = Numbers(golden.Tensor("h")[(b * fields.Length)..((b + 1) * fields.Length)]);
            QuboMatrix qubo = two ? FirstVersion.AssembleQubo(j, f) : FirstVersionThreeHeads.AssembleQubo(j, f);
            Agreement.Check(
                "Q", golden.Tensor("qubo")[(b * n * n)..((b + 1) * n * n)], qubo.Coefficients.ToArray().Select(c => (Number)c), Agreement.Values);
        }
    }

    /// <summary>From the authors' [batch, head, token, dim] to [batch, token, head · dim].</summary>
    private static Number[] TokenMajor(GoldenCase golden, QuboAttentionLayer<Number> layer, string path) =>
        Numbers([.. TokenMajor(layer, golden.Tensor(path))]);

    private static IEnumerable<double> TokenMajor(QuboAttentionLayer<Number> layer, double[] values)
    {
        (int heads, int tokens, int dim) = (layer.Model.HeadCount, layer.Model.Tokens, layer.Model.HeadDim);
        for (int b = 0; b < values.Length / (heads * tokens * dim); b++)
        {
            for (int i = 0; i < tokens; i++)
            {
                for (int h = 0; h < heads; h++)
                {
                    for (int d = 0; d < dim; d++)
                    {
                        yield return values[(((((b * heads) + h) * tokens) + i) * dim) + d];
                    }
                }
            }
        }
    }

    private static Number[] Numbers(double[] values) => [.. values.Select(v => (Number)v)];

    private static void Fill(Span<Number> target, double[] values) => Numbers(values).CopyTo(target);
}
