using Qama.Layers;
using Qama.Sampling;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Blocks of two queries select among the keys in front of them.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Query, QueryBlock = 2), Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection), Readout(ReadoutKind.SelectedAttention)]
public sealed partial class PerQuery;

/// <summary>Several problems are solved per query.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Query), Mask(MaskPattern.Window, Size = 1)]
[Readout(ReadoutKind.SelectedAttention), Gradient(GradientKind.Perturbed, Samples = 3, Lambda = 5)]
public sealed partial class PerturbedQuery;

/// <summary>Queries select pairs of neighbouring keys of another sequence; learned couplings between those.</summary>
[QuboAttention(Tokens = 4, KeyTokens = 6, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Query, Unit = 2)]
[Field(Importance.ValueProjection), LearnedCoupling(Initial = double.NaN), Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Cross;

/// <summary>Two tokens of earlier blocks are kept.</summary>
[QuboAttention(Tokens = 7, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Causal, Block = 2, Memory = 2)]
[Field(Importance.ValueProjection), Readout(ReadoutKind.SelectedAttention)]
public sealed partial class InTime;

/// <summary>The parameters of <see cref="InTime"/>, other blocks.</summary>
[QuboAttention(Tokens = 7, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Causal, Block = 3, Memory = 2)]
[Field(Importance.ValueProjection), Readout(ReadoutKind.SelectedAttention)]
public sealed partial class InLongerTime;

/// <summary>Modules of layers with several problems of a sample: selections per query, cross attention, causal ones.</summary>
public class ScopeTests
{
    private const int Batch = 3;
    private static readonly ISampler _sampler = new SimulatedAnnealingSampler { Sweeps = 20, Threads = 1 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_module_has_the_native_layers_numbers(bool isShorter)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        int[]? ofFive = isShorter ? [5, 2, 4] : null, ofSeven = isShorter ? [7, 0, 4] : null;
        using var query = new PerQuery.TorchModule(7, _sampler);
        AssertNative(new PerQuery(7), query, x => query.forward(x[0], Lengths(ofFive)), 1, ofFive);
        using var separate = new PerQuery.SeparateTorchModule(7, _sampler);
        AssertNative(new PerQuery(7), separate, x => separate.forward(x[0], x[1], x[2], Lengths(ofFive)), 3, ofFive);
        using var perturbed = new PerturbedQuery.TorchModule(7, _sampler);
        AssertNative(new PerturbedQuery(7), perturbed, x => perturbed.forward(x[0], Lengths(ofFive)), 1, ofFive);
        using var causal = new InTime.TorchModule(7, _sampler);
        AssertNative(new InTime(7), causal, x => causal.forward(x[0], Lengths(ofSeven)), 1, ofSeven);
        using var apart = new InTime.SeparateTorchModule(7, _sampler);
        AssertNative(new InTime(7), apart, x => apart.forward(x[0], x[1], x[2], Lengths(ofSeven)), 3, ofSeven);
        int[]? queries = isShorter ? [4, 1, 3] : null, keys = isShorter ? [5, 6, 1] : null;
        using var cross = new Cross.SeparateTorchModule(7, _sampler);
        AssertNative(
            new Cross(7), cross, x => cross.forward(x[0], x[1], x[2], Lengths(queries), keyLengths: Lengths(keys)), 3, queries, keys);
    }

    /// <summary>The memory of a call serves others before it is differentiated a second time.</summary>
    [Fact]
    public void A_graph_that_is_retained_gives_the_same_gradients_after_other_calls()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var query = new PerQuery.TorchModule(7, _sampler);
        AssertRepeats(query, x => query.call(x[0]), Leaves(new PerQuery(7).Model, 1));
        using var perturbed = new PerturbedQuery.TorchModule(7, _sampler);
        AssertRepeats(perturbed, x => perturbed.call(x[0]), Leaves(new PerturbedQuery(7).Model, 1));
        using var causal = new InTime.TorchModule(7, _sampler);
        AssertRepeats(causal, x => causal.forward(x[0], Lengths([7, 4, 6])), Leaves(new InTime(7).Model, 1));
        using var cross = new Cross.SeparateTorchModule(7, _sampler);
        AssertRepeats(
            cross, x => cross.forward(x[0], x[1], x[2], null, keyLengths: Lengths([6, 3, 5])), Leaves(new Cross(7).Model, 3));
    }

    [Fact]
    public void The_native_kernels_compute_unless_tensors_are_asked_for_which_are_refused()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor five = Leaves(new PerQuery(1).Model, 1)[0], seven = Leaves(new InTime(1).Model, 1)[0];
        using var query = new PerQuery.TorchModule(7, _sampler);
        using var causal = new InTime.TorchModule(7, _sampler);
        foreach ((IQuboAttentionModule module, Func<torch.Tensor> call, string word) in new (IQuboAttentionModule, Func<torch.Tensor>, string)[]
                 { (query, () => query.call(five), "per query"), (causal, () => causal.call(seven), "causal") })
        {
            Assert.Equal(Backend.Native, module.Backend);
            module.Backend = Backend.Auto;
            call();
            Assert.NotNull(module.Samples);
            Assert.Null(module.SelectedBits);
            module.Backend = Backend.Tensor;
            string message = Assert.Throws<NotSupportedException>(call).Message;
            Assert.Contains(word, message, StringComparison.Ordinal);
            Assert.Contains("Backend.Native", message, StringComparison.Ordinal);
        }

        Assert.Equal(Batch * 3, query.Samples!.Capacity);
    }

    [Fact]
    public void Keys_of_their_own_are_checked_by_name()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var cross = new Cross.SeparateTorchModule(7, _sampler);
        using var query = new PerQuery.SeparateTorchModule(7, _sampler);
        torch.Tensor[] x = Leaves(new Cross(1).Model, 3);
        torch.Tensor own = Leaves(new PerQuery(1).Model, 1)[0];
        Assert.Contains("[batch, 6, 8]", Refused("key", () => cross.call(x[0], x[0], x[2])), StringComparison.Ordinal);
        Assert.Contains("[batch, 4, 8]", Refused("query", () => cross.call(x[1], x[1], x[2])), StringComparison.Ordinal);
        Assert.Contains("0..6", Refused("keyLengths", () => cross.forward(x[0], x[1], x[2], null, keyLengths: Lengths([6, 7, 1]))), StringComparison.Ordinal);
        Refused("keyLengths", () => cross.forward(x[0], x[1], x[2], null, keyLengths: Lengths([6, 1])));
        Refused("lengths", () => cross.forward(x[0], x[1], x[2], Lengths([5, 1, 1])));
        Refused("keyLengths", () => query.forward(own, own, own, null, keyLengths: Lengths([5, 5, 5])));
        float[] bad = Numbers.Values(x[1]);
        bad[(((1 * 6) + 5) * 8) + 3] = float.NaN;
        string message = Assert.Throws<NotFiniteNumberException>(
            () => cross.call(x[0], Numbers.Tensor(bad, Batch, 6, 8), x[2])).Message;
        Assert.Contains("key holds NaN in sample 1, token 5, feature 3", message, StringComparison.Ordinal);

        static string Refused(string name, Func<object> call)
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(call);
            Assert.Equal(name, exception.ParamName);
            return exception.Message;
        }
    }

    [Fact]
    public void A_state_goes_from_module_to_module_and_to_the_layer_and_not_to_other_blocks()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var trained = new InTime.TorchModule(4, _sampler);
        using var other = new InTime.TorchModule(5, _sampler) { SamplingKey = trained.SamplingKey };
        using var longer = new InLongerTime.TorchModule(5, _sampler);
        torch.Tensor x = Leaves(new InTime(1).Model, 1)[0];
        trained.eval();
        other.eval();
        float[] expected = Numbers.Values(trained.call(x));
        Assert.NotEqual(expected, Numbers.Values(other.call(x)));
        other.load_state_dict(trained.state_dict());
        Assert.Equal(expected, Numbers.Values(other.call(x)));
        Assert.ThrowsAny<Exception>(() => longer.load_state_dict(trained.state_dict()));
        var layer = new InTime(6);
        other.CopyTo(layer);
        Assert.All(layer.Parameters, p => Assert.Equal(p.Value.ToArray(), Numbers.Values(trained.get_parameter(p.Name)!)));

        using var first = new Cross.SeparateTorchModule(4, _sampler);
        using var second = new Cross.SeparateTorchModule(5, _sampler) { SamplingKey = first.SamplingKey };
        second.load_state_dict(first.state_dict());
        torch.Tensor[] inputs = Leaves(new Cross(1).Model, 3);
        Assert.Equal(
            Numbers.Values(first.call(inputs[0], inputs[1], inputs[2])), Numbers.Values(second.call(inputs[0], inputs[1], inputs[2])));
    }

    [Fact]
    public void A_line_says_which_problems_there_are()
    {
        using var cross = new Cross.SeparateTorchModule(1);
        using var causal = new InTime.TorchModule(1);
        Assert.Contains("tokens=4, keys=6, ", cross.ToString(), StringComparison.Ordinal);
        Assert.Contains("selections=query, problems=4 of 3, backend=Native", cross.ToString(), StringComparison.Ordinal);
        Assert.Contains("selections=causal, problems=3 of 4, backend=Native", causal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_place_of_multi_head_attention_weights_are_of_queries_and_keys()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        var random = new Random(3);
        byte[][] states = [.. Enumerable.Range(0, 2 * 3).Select(_ => (byte[])[.. Enumerable.Range(0, 2 * 4).Select(_ => (byte)random.Next(2))])];
        using var module = new PerQuery.TorchMultiheadAttention(7, new FixedSampler(states), batchFirst: true);
        torch.Tensor x = Numbers.Tensor(Numbers.Random(2 * 5 * 8, 1), 2, 5, 8);
        torch.Tensor mask = torch.tensor(new[] { false, false, false, false, false, false, false, false, true, true }).view(2, 5);
        torch.Tensor weights = module.call(x, x, x, mask).Item2!;
        Assert.Equal([2, 2, 5, 5], weights.shape);
        float[] expected = [.. from sample in Enumerable.Range(0, 2) from head in Enumerable.Range(0, 2)
                               from i in Enumerable.Range(0, 5) from j in Enumerable.Range(0, 5)
                               let isThere = sample == 0 || (i < 3 && j < 3)
                               let block = i / 2
                               select !isThere || j > i ? 0f : j >= 2 * block ? 1f : states[(sample * 3) + block][(head * 4) + j]];
        Assert.Equal(expected, Numbers.Values(weights));
        torch.Tensor gap = torch.tensor(new[] { false, true, false, false, false }).view(1, 5).repeat(2, 1);
        Assert.Equal("key_padding_mask", Assert.Throws<ArgumentException>(() => module.call(x, x, x, gap)).ParamName);
        torch.Tensor none = torch.zeros(0, 5, 8);
        Assert.Equal([0, 2, 5, 5], module.call(none, none, none).Item2!.shape);
    }

    [Fact]
    public void In_the_place_of_cross_attention_the_mask_is_of_keys()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Cross.TorchMultiheadAttention(7, _sampler, batchFirst: true, outputProjection: false);
        using var separate = new Cross.SeparateTorchModule(7, _sampler);
        torch.Tensor query = Numbers.Tensor(Numbers.Random(2 * 3 * 8, 1), 2, 3, 8), key = Numbers.Tensor(Numbers.Random(2 * 5 * 8, 2), 2, 5, 8);
        torch.Tensor mask = torch.tensor(new[] { false, false, false, false, true, false, false, true, true, true }).view(2, 5);
        (torch.Tensor output, torch.Tensor? weights) = module.call(query, key, key, mask);
        torch.Tensor all = torch.nn.functional.pad(key, [0, 0, 0, 1]);
        torch.Tensor expected = separate.forward(
            torch.nn.functional.pad(query, [0, 0, 0, 1]), all, all, Lengths([3, 3]), keyLengths: Lengths([4, 2]));
        Assert.Equal(Numbers.Values(expected.narrow(1, 0, 3)), Numbers.Values(output));
        Assert.Equal([2, 2, 3, 5], weights!.shape);
        Assert.All(Numbers.Values(weights.narrow(0, 1, 1).narrow(3, 2, 3)), w => Assert.Equal(0, w));
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => module.call(query, key, query)).ParamName);
        Assert.Equal("key_padding_mask", Assert.Throws<ArgumentException>(() => module.call(query, key, key, mask.narrow(1, 0, 3))).ParamName);

        torch.Tensor x = Leaves(new InTime(1).Model, 1)[0];
        using var causal = new InTime.TorchMultiheadAttention(7, _sampler, batchFirst: true, outputProjection: false);
        using var native = new InTime.SeparateTorchModule(7, _sampler);
        (torch.Tensor y, torch.Tensor? missing) = causal.call(x, x, x);
        Assert.Null(missing);
        Numbers.AssertNear(Numbers.Values(native.call(x, x, x)), Numbers.Values(y), 1e-6);
    }

    private static void AssertNative(
        QuboAttentionLayer<float> layer, torch.nn.Module module, Func<torch.Tensor[], torch.Tensor> call, int inputs,
        int[]? lengths, int[]? keyLengths = null)
    {
        torch.Tensor[] leaves = Leaves(layer.Model, inputs);
        float[] g = Numbers.Random(Batch * layer.Model.Tokens * layer.Model.OutputDim, 9);
        var native = new NativePass(layer, [.. leaves.Select(Numbers.Values)], g, _sampler, lengths, keyLengths: keyLengths);
        torch.Tensor output = call(leaves);
        Assert.Equal(native.Output, Numbers.Values(output));
        Assert.Contains(native.Output, y => y != 0);
        output.backward([Numbers.Tensor(g, output.shape)]);
        Assert.All(leaves.Zip(native.InputGradients), p => Assert.Equal(p.Second, Numbers.Values(p.First.grad!)));
        Assert.All(native.ParameterGradients, p => Assert.Equal(p.Value, Numbers.Values(module.get_parameter(p.Key)!.grad!)));
    }

    private static void AssertRepeats(torch.nn.Module module, Func<torch.Tensor[], torch.Tensor> call, torch.Tensor[] leaves)
    {
        torch.Tensor output = call(leaves);
        torch.Tensor g = Numbers.Tensor(Numbers.Random((int)output.numel(), 9), output.shape);
        output.backward([g], retain_graph: true);
        float[][] expected = Gradients();
        call(leaves);
        output.backward([g]);
        Assert.Equal(expected, Gradients());
        Assert.Contains(expected, e => e.Any(v => v != 0));

        float[][] Gradients()
        {
            torch.Tensor[] all = [.. leaves, .. module.parameters()];
            float[][] values = [.. all.Select(t => Numbers.Values(t.grad!))];
            Array.ForEach(all, t => t.grad!.zero_());
            return values;
        }
    }

    private static torch.Tensor[] Leaves(ModelDescriptor layer, int count) =>
        [.. Enumerable.Range(0, count).Select(i =>
        {
            int tokens = i == 0 ? layer.Tokens : layer.KeyTokens;
            return Numbers.Tensor(Numbers.Random(Batch * tokens * layer.EmbeddingDim, i), Batch, tokens, layer.EmbeddingDim)
                .requires_grad_();
        })];

    private static torch.Tensor? Lengths(int[]? lengths) => lengths is null ? null : Numbers.Integers([.. lengths.Select(l => (long)l)]);
}
