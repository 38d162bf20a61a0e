namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public class Module : IDisposable
        {
            private readonly Dictionary<string, Modules.Parameter> _parameters = [];
            private readonly Dictionary<string, (Tensor Tensor, bool Persistent)> _buffers = [];
            private readonly string _name;

            protected Module(string name) => _name = name;

            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => _name;

            public virtual void train(bool train = true) => training = train;

            public virtual void eval() => train(false);

            protected virtual void RegisterComponents()
            {
                // Emitted modules register what they have themselves.
            }

            public virtual void register_parameter(string name, Modules.Parameter param) => _parameters.Add(name, param);

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true) =>
                _buffers.Add(name, (tensor, persistent));

            public virtual Modules.Parameter? get_parameter(string target) => _parameters.GetValueOrDefault(target);

            public virtual Tensor? get_buffer(string target) => _buffers.TryGetValue(target, out var found) ? found.Tensor : null;

            public virtual IEnumerable<(string name, Modules.Parameter parameter)> named_parameters(bool recurse = true) =>
                _parameters.Select(p => (p.Key, p.Value));

            public virtual IEnumerable<Modules.Parameter> parameters(bool recurse = true) => _parameters.Values;

            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
                _parameters.Select(p => (p.Key, Value: (Tensor)p.Value)).Concat(_buffers.Select(b => (b.Key, Value: b.Value.Tensor)))
                    .ToDictionary(e => e.Key, e => e.Value);

            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                using IDisposable mode = no_grad();
                Dictionary<string, Tensor> own = state_dict();
                foreach ((string key, Tensor tensor) in own)
                {
                    tensor.copy_(source[key]);
                }

                return ([], [.. source.Keys.Except(own.Keys)]);
            }

            /// <summary>Replaces tensors that really move or change, as in TorchSharp.</summary>
            internal void Convert(ScalarType? dtype, Device? device)
            {
                foreach ((string key, Modules.Parameter parameter) in _parameters.ToArray())
                {
                    if (WillCopy(parameter, dtype, device))
                    {
                        using IDisposable mode = no_grad();
                        _parameters[key] = new Modules.Parameter(
                            parameter.to(dtype ?? parameter.dtype, device ?? parameter.device), parameter.requires_grad);
                        parameter.Dispose();
                    }
                }

                foreach ((string key, (Tensor buffer, bool persistent)) in _buffers.ToArray())
                {
                    if (WillCopy(buffer, dtype, device))
                    {
                        _buffers[key] = (buffer.to(dtype ?? buffer.dtype, device ?? buffer.device), persistent);
                        buffer.Dispose();
                    }
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                foreach (Tensor tensor in state_dict().Values)
                {
                    tensor.DetachFromDisposeScope().Dispose();
                }
            }

            private static bool WillCopy(Tensor tensor, ScalarType? dtype, Device? device) =>
                (dtype ?? tensor.dtype) != tensor.dtype || (device ?? tensor.device).type != tensor.device.type;
        }

        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        public abstract class Module<T1, T2, T3, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }
    }
}

public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module
    {
        module.Convert(type, null);
        return module;
    }

    public static T to<T>(this T module, torch.Device device, bool non_blocking = false)
        where T : torch.nn.Module
    {
        module.Convert(null, device);
        return module;
    }
}
