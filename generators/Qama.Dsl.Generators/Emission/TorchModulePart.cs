using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>
/// The layer as modules of TorchSharp, emitted where the user's project references it: one input for query, key and value, or
/// three. Everything that knows no tensor is in the runtime (<c>Qama.Model.HostedLayer</c>).
/// </summary>
internal sealed class TorchModulePart(SourceWriter writer, KernelPlan plan)
{
    /// <summary>Names of this file only.</summary>
    public const string Usings = """
        using QamaTensor = global::TorchSharp.torch.Tensor;
        using QamaTorch = global::TorchSharp.torch;
        """;

    private readonly string _self = plan.Specification.Type.Name;
    private readonly string _element = plan.ElementType.Name;
    private readonly string _scalarType =
        "QamaTorch.ScalarType." + (plan.ElementType == ElementType.Double ? "Float64" : "Float32");

    public void Write()
    {
        WriteModule(
            "TorchModule", "one input for query, key and value", "QamaTensor, QamaTensor",
            "<param name=\"input\">[batch, Tokens, EmbeddingDim].</param>", "input", "QamaTensor input", "input, null, null");
        writer.Line();
        WriteModule(
            "SeparateTorchModule", "separate inputs for query, key and value", "QamaTensor, QamaTensor, QamaTensor, QamaTensor",
            """
            <param name="query">[batch, Tokens, EmbeddingDim], like the others.</param>
            /// <param name="key">The keys' input.</param>
            /// <param name="value">The values' input.</param>
            """,
            "query", "QamaTensor query, QamaTensor key, QamaTensor value",
            "query, key ?? throw new global::System.ArgumentNullException(nameof(key)), "
            + "value ?? throw new global::System.ArgumentNullException(nameof(value))");
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
        writer.Open($"public sealed class {name} : QamaTorch.nn.Module<{types}>");
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
            public global::Qama.Sampling.SamplingKey SamplingKey
            {
                get => _adapter.Host.Key;
                set => _adapter.Host.Key = value;
            }

            /// <summary>Selections and energies of the last call; a later one overwrites them. Null before the first.</summary>
            public global::Qama.Sampling.SampleSet? Samples => _adapter.Host.Samples;

            /// <summary>Copies parameters and running statistics into a layer.</summary>
            public void CopyTo({{_self}} layer) => _adapter.CopyTo(layer);

            /// <summary>Copies parameters and running statistics from a layer.</summary>
            public void CopyFrom({{_self}} layer) => _adapter.CopyFrom(layer);

            /// <summary>The layer's output, [batch, Tokens, HeadCount·HeadDim].</summary>
            /// {{documentation}}
            /// <exception cref="global::System.ArgumentException">Another rank, width or number type, or devices differ.</exception>
            public override QamaTensor forward({{parameters}}) =>
                _adapter.Run(training, {{arguments}}, null, null);

            /// <summary>The layer's output for samples of different lengths, or from another sampler.</summary>
            /// {{documentation}}
            /// <param name="lengths">Tokens present in each sample, integers, [batch]; null for all. Tokens beyond are padding: never
            /// selected, output 0, no gradient.</param>
            /// <param name="sampler">What finds this call's selections; null for <see cref="Sampler"/>.</param>
            /// <exception cref="global::System.ArgumentException">Another rank, width or number type, or devices differ.</exception>
            public QamaTensor forward({{parameters}}, QamaTensor? lengths, global::Qama.Sampling.ISampler? sampler = null) =>
                _adapter.Run(training, {{arguments}}, lengths, sampler);
            """);
        writer.Close();
    }

    private void WriteAdapter()
    {
        writer.Write("/// <summary>Between the tensors of a module and the hosted layer.</summary>");
        writer.Open("private sealed class TorchAdapter");
        writer.Write($$"""
            private readonly QamaTorch.nn.Module _module;

            public TorchAdapter(QamaTorch.nn.Module module, {{_self}} layer, global::Qama.Sampling.ISampler sampler)
            {
                _module = module;
                Host = new global::Qama.Model.HostedLayer<{{_element}}>(layer, sampler);
                foreach (global::Qama.Model.Parameter<{{_element}}> parameter in layer.Parameters)
                {
                    var owned = new global::TorchSharp.Modules.Parameter(Filled(parameter.Value, Shape(parameter)));
                    module.register_parameter(parameter.Name, owned);
                    owned.DetachFromDisposeScope();
                }

                foreach (global::Qama.Model.Parameter<{{_element}}> buffer in layer.Buffers)
                {
                    QamaTensor owned = Filled(buffer.Value, Shape(buffer));
                    module.register_buffer(buffer.Name, owned);
                    owned.DetachFromDisposeScope();
                }
            }

            public global::Qama.Model.HostedLayer<{{_element}}> Host { get; }

            private global::Qama.Model.ParameterCollection<{{_element}}> Parameters => Host.Layer.Parameters;

            private global::Qama.Model.ParameterCollection<{{_element}}> Buffers => Host.Layer.Buffers;

            public QamaTensor Run(
                bool training, QamaTensor query, QamaTensor? key, QamaTensor? value, QamaTensor? lengths, global::Qama.Sampling.ISampler? sampler)
            {
                Require(query, key is null ? "input" : "query", null);
                if (key is not null && value is not null)
                {
                    Require(key, "key", query);
                    Require(value, "value", query);
                }

                using var scope = QamaTorch.NewDisposeScope();
                int batch = checked((int)query.shape[0]);
                QamaTensor[] inputs = key is null || value is null ? new[] { Plain(query) } : new[] { Plain(query), Plain(key), Plain(value) };
                QamaTensor[] parameters = new QamaTensor[Parameters.Count];
                global::Qama.Model.HostedPass<{{_element}}> pass = Host.Begin(
                    batch, training ? global::Qama.Model.LayerMode.Training : global::Qama.Model.LayerMode.Evaluation, sampler);
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

                QamaTensor output = Empty(batch, Tokens, HeadCount * HeadDim);
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

                QamaTensor result = output;
                bool wantsInputs = global::System.Array.Exists(inputs, t => t.requires_grad);
                if (QamaTorch.is_grad_enabled() && (wantsInputs || global::System.Array.Exists(parameters, t => t.requires_grad)))
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

            public void CopyTo({{_self}} layer)
            {
                global::System.ArgumentNullException.ThrowIfNull(layer);
                using var gradients = QamaTorch.no_grad();
                using var scope = QamaTorch.NewDisposeScope();
                for (int i = 0; i < Parameters.Count; i++)
                {
                    Values(Plain(ParameterOf(i))).CopyTo(layer.Parameters[i].Value);
                }

                for (int i = 0; i < Buffers.Count; i++)
                {
                    Values(Plain(BufferOf(i))).CopyTo(layer.Buffers[i].Value);
                }
            }

            public void CopyFrom({{_self}} layer)
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
            public static QamaTensor Filled(global::System.ReadOnlySpan<{{_element}}> values, params long[] shape)
            {
                QamaTensor tensor = Empty(shape);
                values.CopyTo(Values(tensor));
                return tensor;
            }

            /// <summary>A new tensor of any values.</summary>
            public static QamaTensor Empty(params long[] shape) => QamaTorch.empty(shape, dtype: {{_scalarType}}, device: QamaTorch.CPU);

            /// <summary>The memory of a plain tensor.</summary>
            public static global::System.Span<{{_element}}> Values(QamaTensor tensor) =>
                global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, {{_element}}>(tensor.bytes);

            public static long[] Shape(global::Qama.Model.Parameter<{{_element}}> parameter)
            {
                var shape = new long[parameter.Shape.Count];
                for (int i = 0; i < shape.Length; i++)
                {
                    shape[i] = parameter.Shape[i];
                }

                return shape;
            }

            /// <summary>Asked for by name each time: moving a module replaces its tensors.</summary>
            private QamaTensor ParameterOf(int index) => _module.get_parameter(Parameters[index].Name)
                ?? throw new global::System.InvalidOperationException($"The module has lost its parameter '{Parameters[index].Name}'.");

            private QamaTensor BufferOf(int index) => _module.get_buffer(Buffers[index].Name)
                ?? throw new global::System.InvalidOperationException($"The module has lost its buffer '{Buffers[index].Name}'.");

            private static bool IsPlain(QamaTensor tensor) =>
                tensor.dtype == {{_scalarType}} && tensor.device.type == global::TorchSharp.DeviceType.CPU;

            /// <summary>The tensor itself where kernels can read its memory, else a converted one that the current scope owns; gradients pass.</summary>
            private static QamaTensor Plain(QamaTensor tensor)
            {
                QamaTensor plain = IsPlain(tensor) ? tensor : tensor.to({{_scalarType}}, QamaTorch.CPU);
                return plain.is_contiguous() ? plain : plain.contiguous();
            }

            /// <summary>Overwrites a tensor of any type, place or layout, unseen by autograd.</summary>
            private static void Write(global::System.ReadOnlySpan<{{_element}}> values, QamaTensor target)
            {
                if (IsPlain(target) && target.is_contiguous())
                {
                    values.CopyTo(Values(target));
                    return;
                }

                using var gradients = QamaTorch.no_grad();
                using QamaTensor source = Filled(values, target.shape);
                target.copy_(source);
            }

            private static void ReadLengths(QamaTensor lengths, global::System.Span<int> counts)
            {
                if (lengths.dtype is not (QamaTorch.ScalarType.Int64 or QamaTorch.ScalarType.Int32 or QamaTorch.ScalarType.Int16
                        or QamaTorch.ScalarType.Int8 or QamaTorch.ScalarType.Byte)
                    || lengths.shape.Length != 1 || lengths.shape[0] != counts.Length)
                {
                    throw new global::System.ArgumentException(
                        $"Expected {counts.Length} integers, one per sample, got {lengths.dtype} of shape [{string.Join(", ", lengths.shape)}].",
                        nameof(lengths));
                }

                QamaTensor plain = lengths.to(QamaTorch.ScalarType.Int64, QamaTorch.CPU);
                plain = plain.is_contiguous() ? plain : plain.contiguous();
                global::System.ReadOnlySpan<long> values = global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(plain.bytes);
                for (int s = 0; s < counts.Length; s++)
                {
                    counts[s] = values[s] is >= 0 and <= Tokens ? (int)values[s] : throw new global::System.ArgumentException(
                        $"Sample {s}: expected a length in 0..{Tokens}, got {values[s]}.", nameof(lengths));
                }
            }

            private static void Require(QamaTensor tensor, string name, QamaTensor? first)
            {
                global::System.ArgumentNullException.ThrowIfNull(tensor, name);
                long[] shape = tensor.shape;
                if (shape.Length != 3 || shape[0] < 1 || shape[1] != Tokens || shape[2] != EmbeddingDim)
                {
                    throw new global::System.ArgumentException(
                        $"Expected a tensor [batch, {Tokens}, {EmbeddingDim}], got [{string.Join(", ", shape)}].", name);
                }

                if (tensor.dtype is not (QamaTorch.ScalarType.Float32 or QamaTorch.ScalarType.Float64 or QamaTorch.ScalarType.Float16
                    or QamaTorch.ScalarType.BFloat16))
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
            private static global::System.Collections.Generic.List<QamaTensor>? _handles;

            private readonly global::Qama.Model.HostedPass<{{_element}}> _pass;
            private readonly global::Qama.Model.ParameterCollection<{{_element}}> _parameters;
            private readonly int _inputs;
            private readonly bool _wantsInputs;
            private readonly long[] _shape;
            private QamaTensor? _output;

            public TorchCall(
                global::Qama.Model.HostedPass<{{_element}}> pass, QamaTensor output, global::Qama.Model.ParameterCollection<{{_element}}> parameters,
                int inputs, bool wantsInputs, long[] shape)
            {
                _pass = pass;
                _output = output;
                _parameters = parameters;
                _inputs = inputs;
                _wantsInputs = wantsInputs;
                _shape = shape;
            }

            public QamaTensor TakeOutput()
            {
                QamaTensor output = _output!;
                _output = null;
                return output;
            }

            /// <summary>One gradient per argument of the function. An exception that left it would end the process: it is kept, gradients are
            /// NaN, and the module's next call throws it.</summary>
            public global::System.Collections.Generic.List<QamaTensor> Backward(QamaTensor outputGradient)
            {
                if (_handles is not null)
                {
                    foreach (QamaTensor handle in _handles)
                    {
                        handle?.Dispose();
                    }

                    _handles = null;
                }

                var gradients = new global::System.Collections.Generic.List<QamaTensor>();
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

            private void Fill(global::System.Collections.Generic.List<QamaTensor> gradients, QamaTensor outputGradient)
            {
                gradients.Add(null!);
                for (int i = 0; i < _inputs; i++)
                {
                    gradients.Add(_wantsInputs ? TorchAdapter.Empty(_shape) : null!);
                }

                // A gradient can be a view of stride 0: that of a sum, for example.
                bool isPlain = outputGradient.is_contiguous();
                QamaTensor plain = isPlain ? outputGradient : outputGradient.contiguous();
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
            private void Poison(global::System.Collections.Generic.List<QamaTensor> gradients)
            {
                try
                {
                    foreach (QamaTensor gradient in gradients)
                    {
                        gradient?.Dispose();
                    }

                    gradients.Clear();
                    gradients.Add(null!);
                    for (int i = 0; i < _inputs + _parameters.Count; i++)
                    {
                        QamaTensor gradient = TorchAdapter.Empty(i < _inputs ? _shape : TorchAdapter.Shape(_parameters[i - _inputs]));
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
        writer.Open("private sealed class TorchFunction : QamaTorch.autograd.SingleTensorFunction<TorchFunction>");
        writer.Write($$"""
            public override string Name => {{SourceWriter.Text(plan.Specification.Type.FullName)}};

            public override QamaTensor forward(QamaTorch.autograd.AutogradContext ctx, params object[] vars)
            {
                var call = (TorchCall)vars[0];

                // A missing gradient stays missing: the zeros that would stand in for it belong to a scope that has ended.
                ctx.set_materialize_grads(false);
                ctx.save_data("call", call);
                return call.TakeOutput();
            }

            public override global::System.Collections.Generic.List<QamaTensor> backward(
                QamaTorch.autograd.AutogradContext ctx, QamaTensor grad_output) => ((TorchCall)ctx.get_data("call")).Backward(grad_output);
            """);
        writer.Close();
    }
}
