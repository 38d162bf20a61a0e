using Qama.Torch.Loading;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Where tests run: on the CPU, and on what else there is.</summary>
public static class TestDevices
{
    /// <summary>Devices besides the CPU; none on most machines (<c>tests/gpu-check</c> is for those that have
    /// one).</summary>
    /// <exception cref="InvalidOperationException">A GPU is required and torch has none.</exception>
    public static IEnumerable<torch.Device> Accelerators
    {
        get
        {
            LibTorch.Prepare();
            return torch.cuda_is_available() ? [torch.CUDA]
                : torch.mps_is_available() ? [torch.MPS]
                : Environment.GetEnvironmentVariable("QAMA_REQUIRE_GPU") == "1"
                    ? throw new InvalidOperationException("Torch has no GPU on this machine.")
                    : [];
        }
    }

    /// <summary>All of them.</summary>
    public static IEnumerable<torch.Device> All => Accelerators.Prepend(torch.CPU);
}
