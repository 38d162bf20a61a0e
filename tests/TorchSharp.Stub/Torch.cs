namespace TorchSharp;

public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
}

public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly DisposeScope? _outer = _current;
    private readonly HashSet<torch.Tensor> _owned = [];

    internal DisposeScope() => _current = this;

    internal static DisposeScope? Current => _current;

    public void Dispose()
    {
        foreach (torch.Tensor tensor in _owned.ToArray())
        {
            tensor.Dispose();
        }

        _current = _outer;
    }

    internal void Add(torch.Tensor tensor) => _owned.Add(tensor);

    internal void Remove(torch.Tensor tensor) => _owned.Remove(tensor);

    internal void MoveToOuter(torch.Tensor tensor)
    {
        _owned.Remove(tensor);
        tensor.OwningDisposeScope = _outer;
        _outer?.Add(tensor);
    }
}

public static partial class torch
{
    [ThreadStatic]
    private static bool _gradientsOff;

    public static Device CPU { get; } = new(DeviceType.CPU);

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    public static Tensor empty(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var tensor = new Tensor(Implementation.Create(size, dtype ?? ScalarType.Float32, device ?? CPU));

        // Not zeros: whoever reads what was never written shall see it.
        tensor.Inner.Data.AsSpan().Fill(0xFF);
        tensor.requires_grad = requires_grad;
        return tensor;
    }

    public static bool is_grad_enabled() => !_gradientsOff;

    public static IDisposable no_grad() => new GradientMode(off: true);

    public static DisposeScope NewDisposeScope() => new();

    public class Device(DeviceType type, int index = -1)
    {
        public DeviceType type { get; } = type;

        public int index { get; } = index;

        public override string ToString() => type == DeviceType.CPU ? "cpu" : "cuda";
    }

    internal sealed class GradientMode : IDisposable
    {
        private readonly bool _before = _gradientsOff;

        public GradientMode(bool off) => _gradientsOff = off;

        public void Dispose() => _gradientsOff = _before;
    }
}
