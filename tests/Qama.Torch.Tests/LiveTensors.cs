using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>The number of tensors of the process.</summary>
internal static class LiveTensors
{
    /// <summary>Their number when all that nobody holds is gone: what other tests left must not go while one counts.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
