using Qama.Sampling;
using TorchSharp;
using TorchSharp.Modules;

namespace Qama.Torch.Tests;

/// <summary>A declared layer in the place of torch's multi-head attention.</summary>
public class MultiheadTests
{
    private static readonly ISampler _exact = new ExactSampler();

    [Fact]
    public void Arguments_and_results_are_those_of_torch()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using MultiheadAttention softmax = torch.nn.MultiheadAttention(8, 2);
        using var module = new Second.TorchMultiheadAttention(7, _exact);
        torch.Tensor sequence = Numbers.Tensor(Numbers.Random(5 * 3 * 8, 1), 5, 3, 8);
        torch.Tensor expected = softmax.call(sequence, sequence, sequence).Item1;
        (torch.Tensor output, torch.Tensor? weights) = module.call(sequence, sequence, sequence);
        Assert.Equal(expected.shape, output.shape);
        Assert.Equal([3, 2, 5], weights!.shape);
        Assert.Null(module.call(sequence, sequence, sequence, need_weights: false).Item2);
    }

    [Fact]
    public void It_computes_what_the_layer_and_the_projection_compute_in_both_orders()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var first = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true);
        using var sequenceFirst = new Second.TorchMultiheadAttention(7, _exact);
        sequenceFirst.load_state_dict(first.state_dict());
        using var separate = new Second.SeparateTorchModule(7, _exact);
        torch.Tensor[] inputs = [.. Enumerable.Range(0, 3).Select(i => Numbers.Tensor(Numbers.Random(3 * 5 * 8, i), 3, 5, 8))];
        torch.Tensor expected = torch.nn.functional.linear(
            separate.call(inputs[0], inputs[1], inputs[2]), first.get_parameter("out_proj.weight")!, first.get_parameter("out_proj.bias")!);
        Numbers.AssertNear(Numbers.Values(expected), Numbers.Values(first.call(inputs[0], inputs[1], inputs[2]).Item1), 1e-6);
        torch.Tensor turned = sequenceFirst.call(inputs[0].transpose(0, 1), inputs[1].transpose(0, 1), inputs[2].transpose(0, 1)).Item1;
        Numbers.AssertNear(Numbers.Values(expected), Numbers.Values(turned.transpose(0, 1)), 1e-6);
        using var bare = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true, outputProjection: false);
        Numbers.AssertNear(
            Numbers.Values(separate.call(inputs[0], inputs[1], inputs[2])),
            Numbers.Values(bare.call(inputs[0], inputs[1], inputs[2]).Item1), 1e-6);
        Assert.DoesNotContain(bare.state_dict().Keys, k => k.StartsWith("out_proj", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public void Weights_are_the_selection(Backend backend)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        byte[] states = [1, 0, 0, 1, 1, 0, 1, 0, 0, 0];
        using var module = new Second.TorchMultiheadAttention(7, new FixedSampler(states, states), batchFirst: true) { Backend = backend };
        torch.Tensor x = Numbers.Tensor(Numbers.Random(2 * 5 * 8, 1), 2, 5, 8);
        Assert.Equal(states.Concat(states).Select(b => (float)b), Numbers.Values(module.call(x, x, x).Item2!));
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public void Padding_at_the_end_is_as_if_it_were_not_there(Backend backend)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true) { Backend = backend };
        torch.Tensor x = Numbers.Tensor(Numbers.Random(2 * 5 * 8, 1), 2, 5, 8);
        torch.Tensor mask = torch.tensor(new[] { false, false, false, true, true, false, false, false, false, false }).view(2, 5);
        (torch.Tensor output, torch.Tensor? weights) = module.call(x, x, x, mask);
        torch.Tensor alone = x.narrow(0, 0, 1).narrow(1, 0, 3);
        (torch.Tensor expected, torch.Tensor? expectedWeights) = module.call(alone, alone, alone);
        Assert.Equal([1, 3, 8], expected.shape);
        Numbers.AssertNear(Numbers.Values(expected), Numbers.Values(output.narrow(0, 0, 1).narrow(1, 0, 3)), 1e-5);
        Assert.Equal(Numbers.Values(expectedWeights!), Numbers.Values(weights!.narrow(0, 0, 1).narrow(2, 0, 3)));
        torch.Tensor missing = output.narrow(0, 0, 1).narrow(1, 3, 2);
        Numbers.AssertNear(
            Numbers.Values(module.get_parameter("out_proj.bias")!.expand_as(missing)), Numbers.Values(missing), 1e-6);
    }

    [Fact]
    public void A_mask_with_a_gap_takes_a_token_out_of_the_middle()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true)
        {
            TensorSampler = new Qama.Torch.Sampling.TensorAnnealingSampler { Sweeps = 300 },
        };
        torch.Tensor x = Numbers.Tensor(Numbers.Random(5 * 8, 1), 1, 5, 8);
        torch.Tensor mask = torch.tensor(new[] { false, true, false, false, true }).view(1, 5);
        (torch.Tensor output, torch.Tensor? weights) = module.call(x, x, x, mask);

        // The second preset does not know positions: the same tokens side by side are the same problem.
        torch.Tensor kept = x.index_select(1, torch.tensor(new long[] { 0, 2, 3 }));
        (torch.Tensor expected, torch.Tensor? expectedWeights) = module.call(kept, kept, kept);
        torch.Tensor index = torch.tensor(new long[] { 0, 2, 3 });
        Assert.Equal(Numbers.Values(expectedWeights!), Numbers.Values(weights!.index_select(2, index)));
        Numbers.AssertNear(Numbers.Values(expected), Numbers.Values(output.index_select(1, index)), 1e-5);
        Assert.All(Numbers.Values(weights.index_select(2, torch.tensor(new long[] { 1, 4 }))), v => Assert.Equal(0, v));
        module.Backend = Backend.Native;
        Assert.Equal("key_padding_mask", Assert.Throws<ArgumentException>(() => module.call(x, x, x, mask)).ParamName);
    }

    [Fact]
    public void Trained_softmax_attention_is_a_start()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using MultiheadAttention softmax = torch.nn.MultiheadAttention(8, 2);
        Dictionary<string, torch.Tensor> state = softmax.state_dict();
        using var module = new Second.TorchMultiheadAttention(7, _exact);
        Assert.Empty(module.LoadMultiheadAttention(state));
        string[] names = ["QueryProjection", "KeyProjection", "ValueProjection"];
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(
                Numbers.Values(state["in_proj_weight"].narrow(0, 8 * i, 8)), Numbers.Values(module.get_parameter(names[i])!));
        }

        Assert.Equal(Numbers.Values(state["out_proj.weight"]), Numbers.Values(module.get_parameter("out_proj.weight")!));
        using (torch.no_grad())
        {
            state["in_proj_bias"].add_(1);
        }

        Assert.Equal(["in_proj_bias"], module.LoadMultiheadAttention(state));
    }

    [Fact]
    public void What_a_state_has_besides_is_named_and_a_missing_bias_is_0()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using MultiheadAttention softmax = torch.nn.MultiheadAttention(8, 2, bias: false);
        using var module = new Second.TorchMultiheadAttention(7, _exact);
        Dictionary<string, torch.Tensor> state = softmax.state_dict();
        state["q_proj_bias"] = torch.ones(8);
        state["zero"] = torch.zeros(3);
        Assert.Equal(["q_proj_bias"], module.LoadMultiheadAttention(state));
        Assert.All(Numbers.Values(module.get_parameter("out_proj.bias")!), v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public void Empty_batches_and_other_number_types_are_taken_at_first(Backend backend)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true) { Backend = backend };
        torch.Tensor none = torch.zeros(0, 5, 8);
        (torch.Tensor output, torch.Tensor? weights) = module.call(none, none, none);
        Assert.Equal([0, 5, 8], output.shape);
        Assert.Equal([0, 2, 5], weights!.shape);
        torch.Tensor x = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8).to(torch.ScalarType.Float64);
        Assert.Equal(torch.ScalarType.Float64, module.call(x, x, x).Item1.dtype);
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public void A_call_leaves_its_output_and_its_weights_and_a_loaded_state_nothing(Backend backend)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using MultiheadAttention softmax = torch.nn.MultiheadAttention(8, 2);
        using var module = new Second.TorchMultiheadAttention(7, new SimulatedAnnealingSampler { Sweeps = 2, Restarts = 2 })
        {
            Backend = backend,
        };
        torch.Tensor x = Numbers.Tensor(Numbers.Random(4 * 2 * 8, 1), 4, 2, 8);
        torch.Tensor mask = torch.tensor(new[] { false, false, true, true, false, false, false, false }).view(2, 4);
        using IDisposable mode = torch.no_grad();
        module.call(x, x, x, mask); // tables, and selections that the next call replaces
        Dictionary<string, torch.Tensor> state = softmax.state_dict();
        long before = LiveTensors.Count();
        module.call(x, x, x, mask);
        Assert.Equal(before + 2, torch.Tensor.TotalCount);
        module.call(x, x, x, mask, need_weights: false);
        Assert.Equal(before + 3, torch.Tensor.TotalCount);
        module.LoadMultiheadAttention(state);
        Assert.Equal(before + 3, torch.Tensor.TotalCount);
    }

    [Fact]
    public void A_gap_without_a_sampler_for_it_is_refused_with_what_to_do()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true);
        torch.Tensor x = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        torch.Tensor mask = torch.tensor(new[] { false, true, false, false, true }).view(1, 5);
        Assert.Contains("TensorSampler", Assert.Throws<ArgumentException>(() => module.call(x, x, x, mask)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Softmax_attention_of_another_shape_changes_nothing()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using MultiheadAttention wider = torch.nn.MultiheadAttention(16, 2);
        using var module = new Second.TorchMultiheadAttention(7, _exact);
        float[] before = Numbers.Values(module.get_parameter("QueryProjection")!);
        Assert.Contains("got [16, 16]", Assert.Throws<ArgumentException>(() => module.LoadMultiheadAttention(wider.state_dict())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => module.LoadMultiheadAttention(new Dictionary<string, torch.Tensor>()));
        using var narrow = new Narrow.TorchMultiheadAttention(7, _exact);
        Dictionary<string, torch.Tensor> cut = narrow.state_dict();
        cut["in_proj_weight"] = torch.ones(2, 1);
        Assert.Equal("state", Assert.Throws<ArgumentException>(() => narrow.LoadMultiheadAttention(cut)).ParamName);
        Assert.Equal(before, Numbers.Values(module.get_parameter("QueryProjection")!));
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchMultiheadAttention(7, _exact, batchFirst: true);
        torch.Tensor x = Numbers.Tensor(new float[80], 2, 5, 8);
        Refused("query", () => module.call(torch.zeros(2, 6, 8), x, x));
        Refused("query", () => module.call(torch.zeros(5, 8), x, x));
        Refused("key", () => module.call(x, x.narrow(1, 0, 4), x));
        Refused("value", () => module.call(x, x, x.narrow(0, 0, 1)));
        Refused("key_padding_mask", () => module.call(x, x, x, torch.zeros([2, 4], torch.ScalarType.Bool)));
        Refused("key_padding_mask", () => module.call(x, x, x, torch.zeros(2, 5)));
        Refused("attn_mask", () => module.call(x, x, x, attn_mask: torch.zeros(5, 5)));

        static void Refused(string name, Func<object> call) => Assert.Equal(name, Assert.Throws<ArgumentException>(call).ParamName);
    }
}
