using Qama.Ising;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Golden.Tests;

public class SecondVersionTests
{
    private static readonly (string Theirs, string Ours)[] _parameters =
    [
        ("E2V", "EnergyToValue"),
        ("norm_q.weight", "QueryNorm.Weight"), ("norm_q.bias", "QueryNorm.Bias"),
        ("norm_k.weight", "KeyNorm.Weight"), ("norm_k.bias", "KeyNorm.Bias"),
        ("norm_v.weight", "ValueNorm.Weight"), ("norm_v.bias", "ValueNorm.Bias"),
        ("Wq.weight", "QueryProjection"), ("Wk.weight", "KeyProjection"), ("Wv.weight", "ValueProjection"),
    ];

    public static TheoryData<string, int> Cases => new()
    {
        { "qama_v2.json", 0 }, { "qama_v2.json", 1 }, { "qama_v2_heads4.json", 0 }, { "qama_v2_heads4.json", 1 },
    };

    /// <summary>With couplings written out, and kept as features.</summary>
    public static TheoryData<string, int, bool> Forms => new()
    {
        { "qama_v2.json", 0, false }, { "qama_v2.json", 1, false }, { "qama_v2_heads4.json", 0, false }, { "qama_v2_heads4.json", 1, false },
        { "qama_v2.json", 0, true }, { "qama_v2.json", 1, true }, { "qama_v2_heads4.json", 0, true }, { "qama_v2_heads4.json", 1, true },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Coefficients_energies_output_and_every_gradient_agree_with_the_authors_code(string file, int index, bool factored)
    {
        GoldenCase golden = GoldenCase.Read(file).ElementAt(index);
        QuboAttentionLayer<Number> layer = (file, factored) switch
        {
            ("qama_v2.json", false) => new SecondVersion(1),
            ("qama_v2.json", true) => new FactoredSecondVersion(1),
            (_, false) => new SecondVersionFourHeads(1),
            _ => new FactoredSecondVersionFourHeads(1),
        };
        foreach ((string theirs, string ours) in _parameters)
        {
            Fill(layer.Parameters[ours].Value, golden.Tensor("params/" + theirs));
        }

        LayerWorkspace<Number> workspace = layer.CreateWorkspace(golden.Batch);
        var sampler = new FixedSampler(States(golden, layer.Model.VariableCount));
        var output = new Number[golden.Tensor("Hd").Length];
        bool shared = golden.Flag("shared_input");
        Number[] query = Numbers(golden.Tensor("inputs/Q"));
        Number[] key = shared ? query : Numbers(golden.Tensor("inputs/K"));
        Number[] value = shared ? query : Numbers(golden.Tensor("inputs/V"));
        if (shared)
        {
            layer.Forward(query, output, workspace, sampler);
        }
        else
        {
            layer.Forward(query, key, value, output, workspace, sampler);
        }

        Agreement.Check("output", golden.Tensor("Hd"), output, Agreement.Values);
        double[] energies = golden.Tensor("solver_energy");
        for (int b = 0; b < golden.Batch; b++)
        {
            Assert.Equal(energies[b], workspace.Samples.Energy(b), 1e-5 * Math.Abs(energies[b]) + 1e-6);
        }

        Number[] outputGradient = Numbers(golden.Tensor("G"));
        var queryGradient = new Number[query.Length];
        if (shared)
        {
            layer.Backward(outputGradient, queryGradient, workspace);
            Agreement.Check("gradient of the input", golden.Tensor("grads/inputs/Q"), queryGradient, Agreement.Gradients);
        }
        else
        {
            var keyGradient = new Number[query.Length];
            var valueGradient = new Number[query.Length];
            layer.Backward(outputGradient, queryGradient, keyGradient, valueGradient, workspace);
            Agreement.Check("gradient of Q", golden.Tensor("grads/inputs/Q"), queryGradient, Agreement.Gradients);
            Agreement.Check("gradient of K", golden.Tensor("grads/inputs/K"), keyGradient, Agreement.Gradients);
            Agreement.Check("gradient of V", golden.Tensor("grads/inputs/V"), valueGradient, Agreement.Gradients);
        }

        foreach ((string theirs, string ours) in _parameters)
        {
            Agreement.Check(
                "gradient of " + ours, golden.Tensor("grads/params/" + theirs), layer.Parameters[ours].Gradient.ToArray(), Agreement.Gradients);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Qubo_and_ising_of_the_authors_coefficients_are_the_authors_qubo(string file, int index)
    {
        GoldenCase golden = GoldenCase.Read(file).ElementAt(index);
        bool small = file == "qama_v2.json";
        int n = small ? SecondVersion.VariableCount : SecondVersionFourHeads.VariableCount;
        Number[] couplings = Numbers(golden.Tensor("J"));
        Number[] fields = Numbers(golden.Tensor("h"));
        double[] expected = golden.Tensor("qubo");
        byte[][] states = [.. States(golden, n)];
        for (int b = 0; b < golden.Batch; b++)
        {
            int perProblem = couplings.Length / golden.Batch;
            ReadOnlySpan<Number> j = couplings.AsSpan(b * perProblem, perProblem);
            ReadOnlySpan<Number> f = fields.AsSpan(b * n, n);
            QuboMatrix qubo = small ? SecondVersion.AssembleQubo(j, f) : SecondVersionFourHeads.AssembleQubo(j, f);
            IsingProblem ising = small ? SecondVersion.AssembleIsing(j, f) : SecondVersionFourHeads.AssembleIsing(j, f);
            Agreement.Check("Q", expected[(b * n * n)..((b + 1) * n * n)], qubo.Coefficients.ToArray().Select(v => (Number)v), Agreement.Values);
            Assert.Equal(0, qubo.Offset);
            sbyte[] spins = [.. states[b].Select(x => (sbyte)(2 * x - 1))];
            Assert.Equal(qubo.Energy(states[b]), ising.Energy(spins), 1e-9);
        }
    }

    [Fact]
    public void Couplings_and_fields_of_projected_vectors_agree_with_the_authors_code()
    {
        foreach (GoldenCase golden in GoldenCase.Read("qama_v2.json"))
        {
            double[] q = Project(golden, "Q", "q"), k = Project(golden, "K", "k"), v = Project(golden, "V", "v");
            int perSample = SecondVersion.Tokens * SecondVersion.EmbeddingDim;
            for (int b = 0; b < golden.Batch; b++)
            {
                var couplings = new Number[SecondVersion.HeadCount * SecondVersion.Tokens * SecondVersion.Tokens];
                var fields = new Number[SecondVersion.HeadCount * SecondVersion.Tokens];
                Range sample = (b * perSample)..((b + 1) * perSample);
                SecondVersion.ComputeCouplings(Numbers(q[sample]), Numbers(k[sample]), couplings);
                SecondVersion.ComputeFields(Numbers(v[sample]), Numbers(golden.Tensor("params/E2V")), fields);
                Agreement.Check("J", golden.Tensor("J")[(b * couplings.Length)..((b + 1) * couplings.Length)], couplings, Agreement.Values);
                Agreement.Check("f", golden.Tensor("h")[(b * fields.Length)..((b + 1) * fields.Length)], fields, Agreement.Values);
            }
        }
    }

    /// <summary>LayerNorm and projection in double, written out.</summary>
    private static double[] Project(GoldenCase golden, string role, string suffix)
    {
        double[] x = golden.Tensor(golden.Flag("shared_input") ? "inputs/Q" : "inputs/" + role);
        double[] gain = golden.Tensor($"params/norm_{suffix}.weight"), bias = golden.Tensor($"params/norm_{suffix}.bias");
        double[] weight = golden.Tensor($"params/W{suffix}.weight");
        int width = gain.Length;
        var result = new double[x.Length];
        for (int row = 0; row < x.Length / width; row++)
        {
            double[] values = x[(row * width)..((row + 1) * width)];
            double mean = values.Average(), variance = values.Average(a => (a - mean) * (a - mean));
            double[] normalised = [.. values.Select((a, c) => (a - mean) / Math.Sqrt(variance + 1e-5) * gain[c] + bias[c])];
            for (int o = 0; o < width; o++)
            {
                result[row * width + o] = normalised.Select((a, c) => a * weight[o * width + c]).Sum();
            }
        }

        return result;
    }

    private static IReadOnlyList<byte[]> States(GoldenCase golden, int variables) =>
        [.. golden.Tensor("x").Select(v => (byte)v).Chunk(variables)];

    private static Number[] Numbers(double[] values) => [.. values.Select(v => (Number)v)];

    private static void Fill(Span<Number> target, double[] values) => Numbers(values).CopyTo(target);
}
