using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>What a module computes with.</summary>
public enum Backend
{
    /// <summary>Native kernels where inputs live on the CPU, operations of torch elsewhere.</summary>
    Auto,

    /// <summary>The generated kernels and native samplers, on the CPU: the fastest there. Inputs on other devices are
    /// copied to the CPU, and the output back.</summary>
    Native,

    /// <summary>Operations of torch and samplers made of them, on the inputs' device: nothing is copied to the CPU.
    /// Differentiable more than once.</summary>
    Tensor,
}

/// <summary>What a backend means for an input.</summary>
internal static class BackendChoice
{
    /// <summary>Whether native kernels compute, as far as the input's place decides it.</summary>
    public static bool UsesKernels(this Backend backend, Tensor input) =>
        backend == Backend.Native || (backend == Backend.Auto && input.device_type == DeviceType.CPU);
}
