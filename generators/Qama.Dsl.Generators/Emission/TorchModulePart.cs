using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>
/// The layer as modules of TorchSharp, emitted where the user's project references it: one input for query, key and value, or
/// three. Everything that knows no tensor is in the runtime (<c>Qama.Attention.Hosting.HostedLayer</c>).
/// </summary>
internal sealed class TorchModulePart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _self = plan.Specification.Type.Name;
    private readonly string _element = plan.ElementType.Name;

    /// <summary>The base class: members of the user's may hide its own.</summary>
    private readonly string _layer = $"global::Qama.Attention.QuboAttentionLayer<{plan.ElementType.Name}>";
    private readonly string _scalarType =
        "global::TorchSharp.torch.ScalarType." + (plan.ElementType == ElementType.Double ? "Float64" : "Float32");

    public void Write()
    {
        WriteModule(
            "TorchModule", "one input for query, key and value", "global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor",
            "<param name=\"input\">[batch, Tokens, EmbeddingDim].</param>", "input", "global::TorchSharp.torch.Tensor input", "input, null, null");
        writer.Line();
        WriteModule(
            "SeparateTorchModule", "separate inputs for query, key and value", "global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor",
            """
            <param name="query">[batch, Tokens, EmbeddingDim], like the others.</param>
            /// <param name="key">The keys' input.</param>
            /// <param name="value">The values' input.</param>
            """,
            "query", "global::TorchSharp.torch.Tensor query, global::TorchSharp.torch.Tensor key, global::TorchSharp.torch.Tensor value",
            "query, key ?? throw new global::System.ArgumentNullException(\"key\"), "
            + "value ?? throw new global::System.ArgumentNullException(\"value\")");
        writer.Line();
        WriteAdapter();
        writer.Line();
        WriteCall();
        writer.Line();
        WriteFunction();
    }

    private void WriteModule(
        string name, string inputs, string types, string documentation, string first, string parameters, string arguments)
    {
        writer.Write($"""
            /// <summary>The layer as a module of TorchSharp with {inputs}: batch first, parameters under the layer's own names, gradients
            /// by the generated kernels.</summary>
            /// <remarks>CPU tensors of type {_element} in contiguous memory are used in place; others are converted, and the output is converted
            /// back to the type and device of <c>{first}</c>. Training and evaluation follow <c>train()</c> and <c>eval()</c>.</remarks>
            """);
        writer.Open($"public sealed class {name} : global::TorchSharp.torch.nn.Module<{types}>");
        writer.Write($$"""
            private readonly TorchAdapter _adapter;

            /// <summary>Creates the module with the initial parameters of <c>new {{_self}}(seed)</c>.</summary>
            /// <param name="seed">Seed of the initial values and of sampling.</param>
            /// <param name="sampler">What finds selections; null for simulated annealing.</param>
            /// <param name="name">The module's name.</param>
            public {{name}}(long seed, global::Qama.Sampling.ISampler? sampler = null, string name = {{SourceWriter.Text(plan.Specification.Type.Name.TrimStart('@'))}})
                : base(name)
            {
                _adapter = new TorchAdapter(this, new {{_self}}(seed), sampler ?? new global::Qama.Sampling.SimulatedAnnealingSampler());
            }

            /// <summary>What finds selections.</summary>
            public global::Qama.Sampling.ISampler Sampler
            {
                get => _adapter.Host.Sampler;
                set => _adapter.Host.Sampler = value;
            }

            /// <summary>What the next call's random numbers depend on. A call in training mode moves it on by one step.</summary>
            public global::Qama.Problems.SamplingKey SamplingKey
            {
                get => _adapter.Host.Key;
                set => _adapter.Host.Key = value;
            }

            /// <summary>Selections and energies of the last call; a later one overwrites them. Null before the first.</summary>
            public global::Qama.Problems.SampleSet? Samples => _adapter.Host.Samples;

            /// <summary>Copies parameters and running statistics into a layer.</summary>
            public void CopyTo({{_self}} layer) => _adapter.CopyTo(layer);

            /// <summary>Copies parameters and running statistics from a layer.</summary>
            public void CopyFrom({{_self}} layer) => _adapter.CopyFrom(layer);

            /// <summary>The layer's output, [batch, Tokens, HeadCount·HeadDim].</summary>
            /// {{documentation}}
            /// <exception cref="global::System.ArgumentException">Another rank, width or number type, or devices differ.</exception>
            public override global::TorchSharp.torch.Tensor forward({{parameters}}) =>
                _adapter.Run(training, {{arguments}}, null, null);

            /// <summary>The layer's output for samples of different lengths, or from another sampler.</summary>
            /// {{documentation}}
            /// <param name="lengths">Tokens present in each sample, integers, [batch]; null for all. Tokens beyond are padding: never
            /// selected, output 0, no gradient.</param>
            /// <param name="sampler">What finds this call's selections; null for <see cref="Sampler"/>.</param>
            /// <exception cref="global::System.ArgumentException">Another rank, width or number type, or devices differ.</exception>
            public global::TorchSharp.torch.Tensor forward({{parameters}}, global::TorchSharp.torch.Tensor? lengths, global::Qama.Sampling.ISampler? sampler = null) =>
                _adapter.Run(training, {{arguments}}, lengths, sampler);
            """);
        writer.Close();
    }

    private void WriteAdapter()
    {
        writer.Write("/// <summary>Between the tensors of a module and the hosted layer.</summary>");
        writer.Open("private sealed class TorchAdapter");
        writer.Write($$"""
            private readonly global::TorchSharp.torch.nn.Module _module;

            public TorchAdapter(global::TorchSharp.torch.nn.Module module, {{_layer}} layer, global::Qama.Sampling.ISampler sampler)
            {
                _module = module;
                Host = new global::Qama.Attention.Hosting.HostedLayer<{{_element}}>(layer, sampler);
                foreach (global::Qama.Attention.Parameter<{{_element}}> parameter in layer.Parameters)
                {
                    var owned = new global::TorchSharp.Modules.Parameter(Filled(parameter.Value, Shape(parameter)));
                    module.register_parameter(parameter.Name, owned);
                    owned.DetachFromDisposeScope();
                }

                foreach (global::Qama.Attention.Parameter<{{_element}}> buffer in layer.Buffers)
                {
                    global::TorchSharp.torch.Tensor owned = Filled(buffer.Value, Shape(buffer));
                    module.register_buffer(buffer.Name, owned);
                    owned.DetachFromDisposeScope();
                }
            }

            public global::Qama.Attention.Hosting.HostedLayer<{{_element}}> Host { get; }

            private global::Qama.Attention.ParameterCollection<{{_element}}> Parameters => Host.Layer.Parameters;

            private global::Qama.Attention.ParameterCollection<{{_element}}> Buffers => Host.Layer.Buffers;

            public global::TorchSharp.torch.Tensor Run(
                bool training, global::TorchSharp.torch.Tensor query, global::TorchSharp.torch.Tensor? key, global::TorchSharp.torch.Tensor? value, global::TorchSharp.torch.Tensor? lengths, global::Qama.Sampling.ISampler? sampler)
            {
                Require(query, key is null ? "input" : "query", null);
                if (key is not null && value is not null)
                {
                    Require(key, "key", query);
                    Require(value, "value", query);
                }

                using var scope = global::TorchSharp.torch.NewDisposeScope();
                int batch = checked((int)query.shape[0]);
                global::TorchSharp.torch.Tensor[] inputs = key is null || value is null ? new[] { Plain(query) } : new[] { Plain(query), Plain(key), Plain(value) };
                global::TorchSharp.torch.Tensor[] parameters = new global::TorchSharp.torch.Tensor[Parameters.Count];
                global::Qama.Attention.Hosting.HostedPass<{{_element}}> pass = Host.Begin(
                    batch, training ? global::Qama.Attention.LayerMode.Training : global::Qama.Attention.LayerMode.Evaluation, sampler);
                for (int i = 0; i < parameters.Length; i++)
                {
                    parameters[i] = Plain(ParameterOf(i));
                    Values(parameters[i]).CopyTo(pass.Parameter(i));
                }

                for (int i = 0; i < Buffers.Count; i++)
                {
                    Values(Plain(BufferOf(i))).CopyTo(pass.Buffer(i));
                }

                if (lengths is not null)
                {
                    ReadLengths(lengths, pass.TokenCounts);
                }

                global::TorchSharp.torch.Tensor output = Empty(batch, Tokens, HeadCount * HeadDim);
                if (inputs.Length == 1)
                {
                    pass.Forward(Values(inputs[0]), Values(output));
                }
                else
                {
                    pass.Forward(Values(inputs[0]), Values(inputs[1]), Values(inputs[2]), Values(output));
                }

                if (training)
                {
                    for (int i = 0; i < Buffers.Count; i++)
                    {
                        Write(pass.Buffer(i), BufferOf(i));
                    }
                }

                global::TorchSharp.torch.Tensor result = output;
                bool wantsInputs = global::System.Array.Exists(inputs, t => t.requires_grad);
                if (global::TorchSharp.torch.is_grad_enabled() && (wantsInputs || global::System.Array.Exists(parameters, t => t.requires_grad)))
                {
                    var call = new TorchCall(pass, output, Parameters, inputs.Length, wantsInputs, inputs[0].shape);
                    var arguments = new object[1 + inputs.Length + parameters.Length];
                    arguments[0] = call;
                    inputs.CopyTo(arguments, 1);
                    parameters.CopyTo(arguments, 1 + inputs.Length);
                    result = TorchFunction.apply(arguments);
                }
                else
                {
                    pass.Release();
                }

                return (IsPlain(query) ? result : result.to(query.dtype, query.device)).MoveToOuterDisposeScope();
            }

            public void CopyTo({{_layer}} layer)
            {
                global::System.ArgumentNullException.ThrowIfNull(layer);
                using var gradients = global::TorchSharp.torch.no_grad();
                using var scope = global::TorchSharp.torch.NewDisposeScope();
                for (int i = 0; i < Parameters.Count; i++)
                {
                    Values(Plain(ParameterOf(i))).CopyTo(layer.Parameters[i].Value);
                }

                for (int i = 0; i < Buffers.Count; i++)
                {
                    Values(Plain(BufferOf(i))).CopyTo(layer.Buffers[i].Value);
                }
            }

            public void CopyFrom({{_layer}} layer)
            {
                global::System.ArgumentNullException.ThrowIfNull(layer);
                for (int i = 0; i < Parameters.Count; i++)
                {
                    Write(layer.Parameters[i].Value, ParameterOf(i));
                }

                for (int i = 0; i < Buffers.Count; i++)
                {
                    Write(layer.Buffers[i].Value, BufferOf(i));
                }
            }

            /// <summary>A new tensor of these values.</summary>
            public static global::TorchSharp.torch.Tensor Filled(global::System.ReadOnlySpan<{{_element}}> values, params long[] shape)
            {
                global::TorchSharp.torch.Tensor tensor = Empty(shape);
                values.CopyTo(Values(tensor));
                return tensor;
            }

            /// <summary>A new tensor of any values.</summary>
            public static global::TorchSharp.torch.Tensor Empty(params long[] shape) => global::TorchSharp.torch.empty(shape, dtype: {{_scalarType}}, device: global::TorchSharp.torch.CPU);

            /// <summary>The memory of a plain tensor.</summary>
            public static global::System.Span<{{_element}}> Values(global::TorchSharp.torch.Tensor tensor) =>
                global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, {{_element}}>(tensor.bytes);

            public static long[] Shape(global::Qama.Attention.Parameter<{{_element}}> parameter)
            {
                var shape = new long[parameter.Shape.Count];
                for (int i = 0; i < shape.Length; i++)
                {
                    shape[i] = parameter.Shape[i];
                }

                return shape;
            }

            /// <summary>Asked for by name each time: moving a module replaces its tensors.</summary>
            private global::TorchSharp.torch.Tensor ParameterOf(int index) => _module.get_parameter(Parameters[index].Name)
                ?? throw new global::System.InvalidOperationException($"The module has lost its parameter '{Parameters[index].Name}'.");

            private global::TorchSharp.torch.Tensor BufferOf(int index) => _module.get_buffer(Buffers[index].Name)
                ?? throw new global::System.InvalidOperationException($"The module has lost its buffer '{Buffers[index].Name}'.");

            private static bool IsPlain(global::TorchSharp.torch.Tensor tensor) =>
                tensor.dtype == {{_scalarType}} && tensor.device.type == global::TorchSharp.DeviceType.CPU;

            /// <summary>The tensor itself where kernels can read its memory, else a converted one that the current scope owns; gradients pass.</summary>
            private static global::TorchSharp.torch.Tensor Plain(global::TorchSharp.torch.Tensor tensor)
            {
                global::TorchSharp.torch.Tensor plain = IsPlain(tensor) ? tensor : tensor.to({{_scalarType}}, global::TorchSharp.torch.CPU);
                return plain.is_contiguous() ? plain : plain.contiguous();
            }

            /// <summary>Overwrites a tensor of any type, place or layout, unseen by autograd.</summary>
            private static void Write(global::System.ReadOnlySpan<{{_element}}> values, global::TorchSharp.torch.Tensor target)
            {
                if (IsPlain(target) && target.is_contiguous())
                {
                    values.CopyTo(Values(target));
                    return;
                }

                using var gradients = global::TorchSharp.torch.no_grad();
                using global::TorchSharp.torch.Tensor source = Filled(values, target.shape);
                target.copy_(source);
            }

            private static void ReadLengths(global::TorchSharp.torch.Tensor lengths, global::System.Span<int> counts)
            {
                if (lengths.dtype is not (global::TorchSharp.torch.ScalarType.Int64 or global::TorchSharp.torch.ScalarType.Int32 or global::TorchSharp.torch.ScalarType.Int16
                        or global::TorchSharp.torch.ScalarType.Int8 or global::TorchSharp.torch.ScalarType.Byte)
                    || lengths.shape.Length != 1 || lengths.shape[0] != counts.Length)
                {
                    throw new global::System.ArgumentException(
                        $"Expected {counts.Length} integers, one per sample, got {lengths.dtype} of shape [{string.Join(", ", lengths.shape)}].",
                        "lengths");
                }

                global::TorchSharp.torch.Tensor plain = lengths.to(global::TorchSharp.torch.ScalarType.Int64, global::TorchSharp.torch.CPU);
                plain = plain.is_contiguous() ? plain : plain.contiguous();
                global::System.ReadOnlySpan<long> values = global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(plain.bytes);
                for (int s = 0; s < counts.Length; s++)
                {
                    counts[s] = values[s] is >= 0 and <= Tokens ? (int)values[s] : throw new global::System.ArgumentException(
                        $"Sample {s}: expected a length in 0..{Tokens}, got {values[s]}.", "lengths");
                }
            }

            private static void Require(global::TorchSharp.torch.Tensor tensor, string name, global::TorchSharp.torch.Tensor? first)
            {
                global::System.ArgumentNullException.ThrowIfNull(tensor, name);
                long[] shape = tensor.shape;
                if (shape.Length != 3 || shape[0] < 1 || shape[1] != Tokens || shape[2] != EmbeddingDim)
                {
                    throw new global::System.ArgumentException(
                        $"Expected a tensor [batch, {Tokens}, {EmbeddingDim}], got [{string.Join(", ", shape)}].", name);
                }

                if (tensor.dtype is not (global::TorchSharp.torch.ScalarType.Float32 or global::TorchSharp.torch.ScalarType.Float64 or global::TorchSharp.torch.ScalarType.Float16
                    or global::TorchSharp.torch.ScalarType.BFloat16))
                {
                    throw new global::System.ArgumentException($"Expected floating-point numbers, got {tensor.dtype}.", name);
                }

                if (first is not null && (shape[0] != first.shape[0] || tensor.device.type != first.device.type
                    || tensor.device.index != first.device.index))
                {
                    throw new global::System.ArgumentException(
                        $"Expected {first.shape[0]} samples on {first.device} like the query, got {shape[0]} on {tensor.device}.", name);
                }
            }
            """);
        writer.Close();
    }

    private void WriteCall()
    {
        writer.Write("/// <summary>What a call leaves for its backward pass.</summary>");
        writer.Open("private sealed class TorchCall");
        writer.Write($$"""
            /// <summary>Gradients of this thread's last backward pass: torch holds on to what it needs of them, so these handles can go when the
            /// next pass begins.</summary>
            [global::System.ThreadStatic]
            private static global::System.Collections.Generic.List<global::TorchSharp.torch.Tensor>? _handles;

            private readonly global::Qama.Attention.Hosting.HostedPass<{{_element}}> _pass;
            private readonly global::Qama.Attention.ParameterCollection<{{_element}}> _parameters;
            private readonly int _inputs;
            private readonly bool _wantsInputs;
            private readonly long[] _shape;
            private global::TorchSharp.torch.Tensor? _output;

            public TorchCall(
                global::Qama.Attention.Hosting.HostedPass<{{_element}}> pass, global::TorchSharp.torch.Tensor output, global::Qama.Attention.ParameterCollection<{{_element}}> parameters,
                int inputs, bool wantsInputs, long[] shape)
            {
                _pass = pass;
                _output = output;
                _parameters = parameters;
                _inputs = inputs;
                _wantsInputs = wantsInputs;
                _shape = shape;
            }

            public global::TorchSharp.torch.Tensor TakeOutput()
            {
                global::TorchSharp.torch.Tensor output = _output!;
                _output = null;
                return output;
            }

            /// <summary>One gradient per argument of the function. An exception that left it would end the process: it is kept, gradients are
            /// NaN, and the module's next call throws it.</summary>
            public global::System.Collections.Generic.List<global::TorchSharp.torch.Tensor> Backward(global::TorchSharp.torch.Tensor outputGradient)
            {
                if (_handles is not null)
                {
                    foreach (global::TorchSharp.torch.Tensor handle in _handles)
                    {
                        handle?.Dispose();
                    }

                    _handles = null;
                }

                var gradients = new global::System.Collections.Generic.List<global::TorchSharp.torch.Tensor>();
                try
                {
                    if (!outputGradient.IsInvalid)
                    {
                        Fill(gradients, outputGradient);
                    }
                }
                catch (global::System.Exception exception)
                {
                    _pass.Fail(exception);
                    Poison(gradients);
                }
                finally
                {
                    outputGradient.Dispose();
                }

                while (gradients.Count < 1 + _inputs + _parameters.Count)
                {
                    gradients.Add(null!);
                }

                return _handles = gradients;
            }

            private void Fill(global::System.Collections.Generic.List<global::TorchSharp.torch.Tensor> gradients, global::TorchSharp.torch.Tensor outputGradient)
            {
                gradients.Add(null!);
                for (int i = 0; i < _inputs; i++)
                {
                    gradients.Add(_wantsInputs ? TorchAdapter.Empty(_shape) : null!);
                }

                // A gradient can be a view of stride 0: that of a sum, for example.
                bool isPlain = outputGradient.is_contiguous();
                global::TorchSharp.torch.Tensor plain = isPlain ? outputGradient : outputGradient.contiguous();
                _pass.Backward(TorchAdapter.Values(plain), Span(1), Span(2), Span(3));
                if (!isPlain)
                {
                    plain.Dispose();
                }

                for (int i = 0; i < _parameters.Count; i++)
                {
                    gradients.Add(TorchAdapter.Filled(_pass.ParameterGradient(i), TorchAdapter.Shape(_parameters[i])));
                }

                _pass.Release();

                global::System.Span<{{_element}}> Span(int index) =>
                    _wantsInputs && index <= _inputs ? TorchAdapter.Values(gradients[index]) : default;
            }

            /// <summary>NaN for everything, as far as memory goes.</summary>
            private void Poison(global::System.Collections.Generic.List<global::TorchSharp.torch.Tensor> gradients)
            {
                try
                {
                    foreach (global::TorchSharp.torch.Tensor gradient in gradients)
                    {
                        gradient?.Dispose();
                    }

                    gradients.Clear();
                    gradients.Add(null!);
                    for (int i = 0; i < _inputs + _parameters.Count; i++)
                    {
                        global::TorchSharp.torch.Tensor gradient = TorchAdapter.Empty(i < _inputs ? _shape : TorchAdapter.Shape(_parameters[i - _inputs]));
                        gradients.Add(gradient);
                        TorchAdapter.Values(gradient).Fill({{_element}}.NaN);
                    }
                }
                catch (global::System.Exception exception)
                {
                    _pass.Fail(exception);
                    gradients.Clear();
                }
            }
            """);
        writer.Close();
    }

    private void WriteFunction()
    {
        writer.Write("/// <summary>The node in torch's graph. There is one instance for all calls: state is in the call.</summary>");
        writer.Open("private sealed class TorchFunction : global::TorchSharp.torch.autograd.SingleTensorFunction<TorchFunction>");
        writer.Write($$"""
            public override string Name => {{SourceWriter.Text(plan.Specification.Type.FullName)}};

            public override global::TorchSharp.torch.Tensor forward(global::TorchSharp.torch.autograd.AutogradContext ctx, params object[] vars)
            {
                var call = (TorchCall)vars[0];

                // A missing gradient stays missing: the zeros that would stand in for it belong to a scope that has ended.
                ctx.set_materialize_grads(false);
                ctx.save_data("call", call);
                return call.TakeOutput();
            }

            public override global::System.Collections.Generic.List<global::TorchSharp.torch.Tensor> backward(
                global::TorchSharp.torch.autograd.AutogradContext ctx, global::TorchSharp.torch.Tensor grad_output) => ((TorchCall)ctx.get_data("call")).Backward(grad_output);
            """);
        writer.Close();
    }
}
