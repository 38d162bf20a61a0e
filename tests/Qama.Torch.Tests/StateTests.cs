using Qama.Layers;
using Qama.Training.Modules;
using Qama.Training.Storage;
using TorchSharp;
using TorchSharp.PyBridge;

namespace Qama.Torch.Tests;

/// <summary>Parameters go between module, native layer and file.</summary>
public class StateTests
{
    [Fact]
    public void Names_and_initial_values_are_the_layer_s()
    {
        var layer = new First(4);
        using var module = new First.TorchModule(4);
        Dictionary<string, torch.Tensor> state = module.state_dict();
        Assert.Equal(layer.Parameters.Concat(layer.Buffers).Select(p => p.Name), state.Keys.SkipLast(1));
        Assert.StartsWith("Declaration_", state.Keys.Last(), StringComparison.Ordinal);
        Assert.All(layer.Parameters.Concat(layer.Buffers), p => Assert.Equal(p.Value.ToArray(), Numbers.Values(state[p.Name])));
        Assert.All(layer.Parameters, p => Assert.Equal(p.Shape.Select(d => (long)d), state[p.Name].shape));
        Assert.Equal("First", module.GetName());
    }

    /// <summary>What is learned of couplings, and by terms of the output, is part of the state like other parameters.</summary>
    [Fact]
    public void Learned_couplings_and_readouts_go_to_a_file_and_back()
    {
        var layer = new Layers.LearnedPairs(4);
        using var module = new Layers.LearnedPairs.TorchModule(4);
        torch.Tensor learned = module.state_dict()["LearnedCoupling"];
        Assert.Equal([2, 5, 5], learned.shape);
        Assert.Equal(layer.Parameters["LearnedCoupling"].Value.ToArray(), Numbers.Values(learned));
        using var own = new Layers.OwnReadout.TorchModule(4);
        Assert.Equal([2, 3], own.state_dict()["Pooled.Gate"].shape);

        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            ParameterStorage.Save(path, Named(layer));
            var read = new Layers.LearnedPairs(5);
            ParameterStorage.Load(path, Named(read));
            Assert.Equal(layer.Parameters["LearnedCoupling"].Value.ToArray(), read.Parameters["LearnedCoupling"].Value.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_state_dict_goes_to_a_layer_to_a_file_and_back()
    {
        using var trained = new Second.TorchModule(4);
        var layer = new Second(5);
        trained.CopyTo(layer);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            ParameterStorage.Save(path, Named(layer));
            var read = new Second(6);
            ParameterStorage.Load(path, Named(read));
            using var module = new Second.TorchModule(7);
            module.CopyFrom(read);
            using var other = new Second.TorchModule(8);
            Assert.Empty(other.load_state_dict(module.state_dict()).unexpected_keyes);
            AssertSame(trained, module);
            AssertSame(trained, other);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("pt")]
    [InlineData("safetensors")]
    public void A_file_in_the_format_of_PyTorch_comes_back(string format)
    {
        using var saved = new Second.TorchMultiheadAttention(4);
        using var loaded = new Second.TorchMultiheadAttention(5);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.{format}");
        try
        {
            if (format == "pt")
            {
                saved.save_py(path);
                loaded.load_py(path, strict: true);
            }
            else
            {
                saved.save_safetensors(path);
                loaded.load_safetensors(path, strict: true);
            }

            AssertSame(saved, loaded);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Softmax_attention_comes_from_a_file_in_the_format_of_PyTorch()
    {
        using TorchSharp.Modules.MultiheadAttention softmax = torch.nn.MultiheadAttention(8, 2);
        using var module = new Second.TorchMultiheadAttention(5);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pt");
        try
        {
            softmax.save_py(path);
            using TorchSharp.Modules.MultiheadAttention read = torch.nn.MultiheadAttention(8, 2);
            read.load_py(path, strict: true);
            module.LoadMultiheadAttention(read.state_dict());
            Assert.Equal(
                Numbers.Values(softmax.state_dict()["in_proj_weight"])[..64], Numbers.Values(module.get_parameter("QueryProjection")!));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_trainer_reads_what_a_module_wrote_as_safetensors()
    {
        using var module = new Second.TorchModule(4);
        var layer = new Second(5);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            module.save_safetensors(path);
            ParameterStorage.Load(path, Named(layer));
            using var copy = new Second.TorchModule(6);
            copy.CopyFrom(layer);
            AssertSame(module, copy);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Loaded_values_are_those_of_the_next_call()
    {
        using var module = new Second.TorchModule(4);
        using var other = new Second.TorchModule(5) { SamplingKey = module.SamplingKey };
        module.eval();
        other.eval();
        using torch.Tensor input = Numbers.Tensor(Numbers.Random(5 * 8, 1), 1, 5, 8);
        using torch.Tensor expected = module.call(input);
        using torch.Tensor before = other.call(input);
        other.load_state_dict(module.state_dict());
        using torch.Tensor after = other.call(input);
        Assert.NotEqual(Numbers.Values(expected), Numbers.Values(before));
        Assert.Equal(Numbers.Values(expected), Numbers.Values(after));
    }

    private static NamedParameter<float>[] Named(QuboAttentionLayer<float> layer) =>
        [.. layer.Parameters.Select(p => new NamedParameter<float>(p.Name, p))];

    private static void AssertSame(torch.nn.Module expected, torch.nn.Module actual)
    {
        Dictionary<string, torch.Tensor> state = actual.state_dict();
        Assert.All(expected.state_dict(), e => Assert.Equal(Numbers.Values(e.Value), Numbers.Values(state[e.Key])));
    }
}
