using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Energies;

/// <summary>Where tensors are.</summary>
internal static class Devices
{
    /// <summary>Whether a tensor is on a device.</summary>
    public static bool IsOn(this Tensor tensor, torch.Device device) =>
        tensor.device_type == device.type && tensor.device_index == device.index;
}
