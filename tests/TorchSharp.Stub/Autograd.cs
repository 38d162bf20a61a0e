namespace TorchSharp;

/// <summary>Stands for the end of the process that an exception out of a custom function's backward is.</summary>
public sealed class ProcessEndedException : Exception
{
    public ProcessEndedException()
    {
    }

    public ProcessEndedException(string message)
        : base(message)
    {
    }

    public ProcessEndedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Runs the graph backwards from a tensor; gradients add up in the leaves.</summary>
        internal static void Run(Implementation root, Implementation? gradient)
        {
            var order = new List<Implementation>();
            Visit(root, [], order);
            var gradients = new Dictionary<Implementation, Implementation> { [root] = gradient ?? Ones(root) };
            using var mode = new GradientMode(off: true);
            foreach (Implementation tensor in order)
            {
                if (!gradients.TryGetValue(tensor, out Implementation? own))
                {
                    continue;
                }

                if (tensor.Node is not { } node)
                {
                    tensor.Gradient = tensor.Gradient is null ? Copy(own) : Sum(tensor.Gradient, own);
                    continue;
                }

                IReadOnlyList<Implementation?> parts = node.Backward(own);
                for (int i = 0; i < node.Inputs.Count; i++)
                {
                    if (parts[i] is { } part && node.Inputs[i].RequiresGradient)
                    {
                        gradients[node.Inputs[i]] =
                            gradients.TryGetValue(node.Inputs[i], out Implementation? other) ? Sum(other, part) : part;
                    }
                }
            }
        }

        /// <summary>Every tensor after all that were made of it.</summary>
        private static void Visit(Implementation tensor, HashSet<Implementation> seen, List<Implementation> order)
        {
            if (tensor.RequiresGradient && seen.Add(tensor))
            {
                foreach (Implementation input in tensor.Node?.Inputs ?? [])
                {
                    Visit(input, seen, order);
                }

                order.Insert(0, tensor);
            }
        }

        private static Implementation Ones(Implementation like) => Fill(like, _ => 1);

        private static Implementation Copy(Implementation from) => Fill(from, from.Get);

        private static Implementation Sum(Implementation a, Implementation b) => Fill(a, i => a.Get(i) + b.Get(i));

        private static Implementation Fill(Implementation like, Func<long, double> value)
        {
            Implementation result = Implementation.Create(like.Shape, like.Type, like.Device);
            for (long i = 0; i < result.Length; i++)
            {
                result.Set(i, value(i));
            }

            return result;
        }

        public class AutogradContext
        {
            private readonly Dictionary<string, object> _data = [];

            internal bool MaterializesGradients { get; private set; } = true;

            public void save_data(string key, object value) => _data[key] = value;

            public object get_data(string key) => _data[key];

            public void set_materialize_grads(bool value) => MaterializesGradients = value;
        }

        public abstract class SingleTensorFunction<T>
            where T : SingleTensorFunction<T>, new()
        {
            /// <summary>One for all calls, as in TorchSharp.</summary>
            private static readonly T _instance = new();

            public abstract string Name { get; }

            public static Tensor apply(params object[] vars)
            {
                var context = new AutogradContext();
                Implementation[] inputs = [.. vars.OfType<Tensor>().Where(t => !t.IsInvalid).Select(t => t.Inner)];
                bool[] isTensor = [.. vars.Select(v => v is Tensor { IsInvalid: false })];
                Tensor output;
                using (new GradientMode(off: true))
                {
                    output = _instance.forward(context, vars);
                }

                // Another handle to the same data, as in TorchSharp.
                return Tensor.Result(
                    new Implementation(output.Inner.Data, output.shape, output.stride(), output.dtype, output.device), inputs,
                    g => Backward(context, g, isTensor));
            }

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            private static Implementation?[] Backward(AutogradContext context, Implementation gradient, bool[] isTensor)
            {
                List<Tensor> gradients;
                try
                {
                    gradients = _instance.backward(context, new Tensor(gradient));
                }
                catch (Exception exception)
                {
                    throw new ProcessEndedException("An exception left backward.", exception);
                }

                if (gradients.Count != isTensor.Length)
                {
                    throw new ProcessEndedException($"Expected {isTensor.Length} gradients, got {gradients.Count}.");
                }

                if (gradients.Where((g, i) => !isTensor[i] && g is not null).Any())
                {
                    throw new ProcessEndedException("A gradient of something that is no tensor.");
                }

                return [.. gradients.Where((_, i) => isTensor[i]).Select(g => g?.Inner)];
            }
        }
    }
}
