using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Constant arrays as tensors of the types and on the devices they are asked for, each made once and kept
/// until disposal.</summary>
internal sealed class DeviceTables : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Place, Tensor> _tensors = [];
    private bool _isDisposed;

    /// <summary>Number of tensors held.</summary>
    public int Count => _tensors.Count;

    /// <summary>An array as a tensor. Borrowed: the tables own it.</summary>
    /// <param name="values">The array, known by its reference; of numbers or booleans.</param>
    /// <param name="make">Makes the tensor of it, anywhere.</param>
    /// <param name="type">The tensor's type.</param>
    /// <param name="device">Where it lives.</param>
    /// <exception cref="ObjectDisposedException">The tables are gone.</exception>
    public Tensor Get(Array values, Func<Tensor> make, ScalarType type, torch.Device device)
    {
        var place = new Place(values, type, device.type, device.index);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_tensors.TryGetValue(place, out Tensor? known))
            {
                return known;
            }

            using DisposeScope scope = NewDisposeScope();
            using IDisposable mode = no_grad();
            Tensor made = make().to(type).to(device).contiguous();
            return _tensors[place] = made.DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Tensor tensor in _tensors.Values)
            {
                tensor.Dispose();
            }

            _tensors.Clear();
        }
    }

    private readonly record struct Place(Array Values, ScalarType Type, DeviceType Device, int Index);
}
