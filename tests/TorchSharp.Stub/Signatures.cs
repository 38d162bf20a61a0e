using TorchSharp.Modules;

// Members of TorchSharp that examples/TorchSharpDigits is compiled against. Unlike the others they do not run.
namespace TorchSharp
{
    public static partial class torch
    {
        private static NotSupportedException NotRun => new("The stand-in has this member's signature only.");

        public static Tensor randn(
            long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => throw NotRun;

        public static Tensor tensor(
            IList<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            throw NotRun;

        public static Tensor tensor(
            IList<long> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => throw NotRun;

        public static void manual_seed(long seed) => throw NotRun;

        public partial class Tensor
        {
            public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

            public static Tensor operator *(Tensor left, double right) => throw NotRun;

            public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => throw NotRun;

            public Tensor argmax(long dim, bool keepdim = false) => throw NotRun;

            public Tensor eq(Tensor target) => throw NotRun;

            public T item<T>()
                where T : unmanaged => throw NotRun;
        }

        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                throw NotRun;

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true) =>
                throw NotRun;

            public static GELU GELU() => throw NotRun;

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => throw NotRun;

            public static class functional
            {
                public static Tensor cross_entropy(
                    Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, double label_smoothing = 0.0) => throw NotRun;
            }

            public static class utils
            {
                public static double clip_grad_norm_(IEnumerable<Parameter> parameters, double max_norm, double norm_type = 2.0) =>
                    throw NotRun;
            }
        }

        public static class optim
        {
            public static AdamW AdamW(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false) => throw NotRun;
        }
    }
}

namespace TorchSharp.Modules
{
    public abstract class Linear(string name) : torch.nn.Module<torch.Tensor, torch.Tensor>(name);

    public abstract class LayerNorm(string name) : torch.nn.Module<torch.Tensor, torch.Tensor>(name);

    public abstract class GELU(string name) : torch.nn.Module<torch.Tensor, torch.Tensor>(name);

    public abstract class Sequential(string name) : torch.nn.Module<torch.Tensor, torch.Tensor>(name);

    public abstract class AdamW : IDisposable
    {
        public abstract void zero_grad(bool set_to_none = true);

        public abstract torch.Tensor step(Func<torch.Tensor>? closure = null);

        public void Dispose() => GC.SuppressFinalize(this);
    }
}
