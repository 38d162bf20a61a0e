using Qama.Layers;
using Qama.Sampling;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Another problem is solved in the backward pass.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2), Gradient(GradientKind.Blackbox, Lambda = 20)]
public sealed partial class Blackboxed;

/// <summary>Several are, in either pass; no field is declared.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Perturbed, Samples = 3, Lambda = 5)]
public sealed partial class Perturbed;

/// <summary>Reads at a temperature of a readout that torch's operations have no such gradient of.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.SelectedAttention, Reads = 3, Temperature = 1)]
[Gradient(GradientKind.Covariance)]
public sealed partial class Covaried;

/// <summary>The same of one that they have.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2)]
[Readout(ReadoutKind.LocalEnergy, Reads = 3, Temperature = 1), Gradient(GradientKind.Covariance)]
public sealed partial class CovariedEnergy;

/// <summary>Modules of models whose backward pass solves again.</summary>
public class SolverGradientTests
{
    private static readonly float[] _x = Numbers.Random(2 * 5 * 8, 1);
    private static readonly ISampler _sampler = new SimulatedAnnealingSampler { Sweeps = 20, Threads = 1 };

    [Fact]
    public void A_module_gives_the_native_layers_gradients_and_again_after_other_calls()
    {
        using var blackbox = new Blackboxed.TorchModule(7) { Sampler = _sampler };
        AssertNative(blackbox, new Blackboxed(7));
        using var perturbed = new Perturbed.TorchModule(7) { Sampler = _sampler };
        AssertNative(perturbed, new Perturbed(7));
        using var covaried = new Covaried.TorchModule(7) { Sampler = _sampler };
        AssertNative(covaried, new Covaried(7));
    }

    [Fact]
    public void Tensors_refuse_what_they_have_no_gradient_of_and_name_the_backend_that_has_it()
    {
        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        using var blackbox = new Blackboxed.TorchModule(7) { Sampler = _sampler, Backend = Backend.Tensor };
        AssertRefused(() => blackbox.call(input));
        using var perturbed = new Perturbed.TorchModule(7) { Sampler = _sampler, Backend = Backend.Tensor };
        AssertRefused(() => perturbed.call(input));
        using var covaried = new Covaried.TorchModule(7) { Sampler = _sampler, Backend = Backend.Tensor };
        AssertRefused(() => covaried.call(input));
        using var energy = new CovariedEnergy.TorchModule(7) { Sampler = _sampler, Backend = Backend.Tensor };
        energy.call(input).Dispose();

        static void AssertRefused(Func<torch.Tensor> call) => Assert.Contains(
            "Backend.Native", Assert.Throws<NotSupportedException>(call).Message, StringComparison.Ordinal);
    }

    private static void AssertNative<TModel>(QuboAttentionModule<TModel, float> module, TModel layer)
        where TModel : QuboAttentionLayer<float>, IQuboAttention<TModel>
    {
        module.Backend = Backend.Native;
        float[] ones = [.. Enumerable.Repeat(1f, 2 * 5 * layer.Model.OutputDim)];
        var native = new NativePass(layer, [_x], ones, _sampler);
        Assert.Contains(native.InputGradients[0], g => g != 0);
        using torch.Tensor a = Numbers.Tensor(_x, 2, 5, 8).requires_grad_();
        using torch.Tensor loss = module.call(a).sum();
        loss.backward(retain_graph: true);
        Assert.Equal(native.InputGradients[0], a.grad!.data<float>().ToArray());
        module.call(a.detach()).Dispose(); // takes the memory
        loss.backward();
        Assert.Equal(native.InputGradients[0].Select(g => 2 * g), a.grad!.data<float>().ToArray());
    }
}
