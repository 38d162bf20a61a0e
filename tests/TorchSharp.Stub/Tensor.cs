namespace TorchSharp;

public static partial class torch
{
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        BFloat16 = 15,
    }

    /// <summary>A handle to a tensor; to be disposed, or to belong to a scope that is.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private Implementation? _implementation;

        internal Tensor(Implementation? implementation)
        {
            _implementation = implementation;
            if (implementation is not null)
            {
                Interlocked.Increment(ref _totalCount);
                OwningDisposeScope = DisposeScope.Current;
                OwningDisposeScope?.Add(this);
            }
        }

        /// <summary>Handles that exist.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public bool IsInvalid => _implementation is null;

        public DisposeScope? OwningDisposeScope { get; internal set; }

        public long[] shape => [.. Inner.Shape];

        public long[] stride() => [.. Inner.Strides];

        public ScalarType dtype => Inner.Type;

        public Device device => Inner.Device;

        public bool requires_grad
        {
            get => Inner.RequiresGradient;
            set => Inner.RequiresGradient = value;
        }

        public Tensor? grad
        {
            get => Inner.Gradient is { } gradient ? new Tensor(gradient) : null;
            set => Inner.Gradient = value?.Inner;
        }

        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                {
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                }

                return device.type == DeviceType.CPU
                    ? Inner.Data
                    : throw new InvalidOperationException("Reading data from non-CPU memory is not supported.");
            }
        }

        internal Implementation Inner =>
            _implementation ?? throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public void Dispose()
        {
            OwningDisposeScope?.Remove(this);
            OwningDisposeScope = null;
            if (Interlocked.Exchange(ref _implementation, null) is not null)
            {
                Interlocked.Decrement(ref _totalCount);
            }

            GC.SuppressFinalize(this);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Remove(this);
            OwningDisposeScope = null;
            return this;
        }

        public bool is_contiguous() => Inner.IsContiguous;

        public Tensor contiguous() => is_contiguous() ? new Tensor(Inner) : Copied(Inner.Type, Inner.Device);

        public Tensor to(
            ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Copied(type, device);

        public Tensor transpose(long dim0, long dim1)
        {
            Implementation x = Inner;
            return Result(Swapped(x), [x], g => [Swapped(g)]);

            Implementation Swapped(Implementation from)
            {
                long[] shape = [.. from.Shape];
                long[] strides = [.. from.Strides];
                (shape[dim0], shape[dim1]) = (shape[dim1], shape[dim0]);
                (strides[dim0], strides[dim1]) = (strides[dim1], strides[dim0]);
                return new Implementation(from.Data, shape, strides, from.Type, from.Device);
            }
        }

        /// <summary>The sum of all elements. Its gradient is one number seen through strides of 0, as torch's is.</summary>
        public Tensor sum()
        {
            Implementation x = Inner;
            Implementation total = Implementation.Create([], x.Type, x.Device);
            for (long i = 0; i < x.Length; i++)
            {
                total.Set(0, total.Get(0) + x.Get(i));
            }

            return Result(total, [x], g => [new Implementation(g.Data, x.Shape, new long[x.Shape.Length], g.Type, g.Device)]);
        }

        public Tensor mul(Tensor target)
        {
            Implementation a = Inner;
            Implementation b = target.Inner;
            return Result(Map(a, (i, x) => x * b.Get(i)), [a, b], g => [Map(g, (i, x) => x * b.Get(i)), Map(g, (i, x) => x * a.Get(i))]);
        }

        public Tensor add(Tensor target)
        {
            Implementation a = Inner;
            Implementation b = target.Inner;
            return Result(Map(a, (i, x) => x + b.Get(i)), [a, b], g => [g, g]);
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            for (long i = 0; i < Inner.Length; i++)
            {
                Inner.Set(i, source.Inner.Get(i));
            }

            return this;
        }

        public void backward(IList<Tensor>? grad_tensors = null, bool create_graph = false, bool? retain_graph = null, IList<Tensor>? inputs = null) =>
            autograd.Run(Inner, grad_tensors?[0].Inner);

        internal Implementation Release()
        {
            Implementation inner = Inner;
            Dispose();
            return inner;
        }

        internal static Tensor Result(
            Implementation output, Implementation[] inputs, Func<Implementation, IReadOnlyList<Implementation?>> backward)
        {
            if (is_grad_enabled() && inputs.Any(i => i.RequiresGradient))
            {
                output.RequiresGradient = true;
                output.Node = new GraphNode(inputs, backward);
            }

            return new Tensor(output);
        }

        private static Implementation Map(Implementation x, Func<long, double, double> function)
        {
            Implementation result = Implementation.Create(x.Shape, x.Type, x.Device);
            for (long i = 0; i < x.Length; i++)
            {
                result.Set(i, function(i, x.Get(i)));
            }

            return result;
        }

        private Tensor Copied(ScalarType type, Device device)
        {
            Implementation x = Inner;
            return x.Type == type && x.Device.type == device.type && x.IsContiguous
                ? new Tensor(x)
                : Result(Convert(x, type, device), [x], g => [Convert(g, x.Type, x.Device)]);
        }

        private static Implementation Convert(Implementation x, ScalarType type, Device device)
        {
            Implementation result = Implementation.Create(x.Shape, type, device);
            for (long i = 0; i < x.Length; i++)
            {
                result.Set(i, x.Get(i));
            }

            return result;
        }
    }
}
