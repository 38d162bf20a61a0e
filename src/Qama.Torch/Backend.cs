using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>What a module computes with.</summary>
public enum Backend
{
    /// <summary>Native kernels where inputs live on the CPU, or the model has several problems of a sample (selections per
    /// query, causal ones); else operations of torch.</summary>
    Auto,

    /// <summary>The generated kernels and native samplers, on the CPU: the fastest there. Inputs on other devices are
    /// copied to the CPU, and the output back.</summary>
    Native,

    /// <summary>Operations of torch and samplers made of them, on the inputs' device: nothing is copied to the CPU.
    /// Differentiable more than once. Refused with <see cref="NotSupportedException"/> where the model has several
    /// problems of a sample.</summary>
    Tensor,
}

/// <summary>What a backend means for an input.</summary>
internal static class BackendChoice
{
    /// <summary>Whether native kernels compute, as far as the input's place decides it.</summary>
    /// <param name="backend">What was asked for.</param>
    /// <param name="input">The input.</param>
    /// <param name="hasTensors">Whether the model has a form in operations of torch.</param>
    public static bool UsesKernels(this Backend backend, Tensor input, bool hasTensors) =>
        backend == Backend.Native
        || (backend == Backend.Auto && (!hasTensors || input.device_type == DeviceType.CPU));
}
