using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>
/// The layer as modules of TorchSharp, emitted where the user's project references it: one input for query, key and value, or
/// three. What all models have in common is in <see cref="TorchAdapterFile"/>.
/// </summary>
internal sealed class TorchModulePart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _self = plan.Specification.Type.Name;
    private readonly string _element = plan.ElementType.Name;

    private readonly string _adapter = $"{TorchAdapterFile.Adapter}<{plan.Specification.Type.Name}>";

    public void Write()
    {
        WriteModule(
            GeneratedNames.TorchModule, "one input for query, key and value", "global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor",
            "<param name=\"input\">[batch, Tokens, EmbeddingDim].</param>", "input", "global::TorchSharp.torch.Tensor input", "input, null, null");
        writer.Line();
        WriteModule(
            GeneratedNames.SeparateTorchModule, "separate inputs for query, key and value", "global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor",
            """
            <param name="query">[batch, Tokens, EmbeddingDim], like the others.</param>
            /// <param name="key">The keys' input.</param>
            /// <param name="value">The values' input.</param>
            """,
            "query", "global::TorchSharp.torch.Tensor query, global::TorchSharp.torch.Tensor key, global::TorchSharp.torch.Tensor value",
            "query, key ?? throw new global::System.ArgumentNullException(\"key\"), "
            + "value ?? throw new global::System.ArgumentNullException(\"value\")");
    }

    private void WriteModule(
        string name, string inputs, string types, string documentation, string first, string parameters, string arguments)
    {
        writer.Write($"""
            /// <summary>The layer as a module of TorchSharp with {inputs}: batch first, parameters under the layer's own names, gradients by the generated kernels.</summary>
            /// <remarks>CPU tensors of type {_element} in contiguous memory are used in place; others are converted, and the output is converted back to the type and device of <c>{first}</c>. Training and evaluation follow <c>train()</c> and <c>eval()</c>.</remarks>
            """).Mark();
        writer.Open($"public sealed class {name} : global::TorchSharp.torch.nn.Module<{types}>");
        writer.Write($$"""
            private readonly {{_adapter}} _adapter;

            /// <summary>Creates the module with the initial parameters of <c>new {{_self}}(seed)</c>.</summary>
            /// <param name="seed">Seed of the initial values and of sampling.</param>
            /// <param name="sampler">What finds selections; null for simulated annealing.</param>
            /// <param name="name">The module's name.</param>
            public {{name}}(long seed, global::Qama.Sampling.ISampler? sampler = null, string name = {{SourceWriter.Text(plan.Specification.Type.Name.TrimStart('@'))}})
                : base(name)
            {
                _adapter = new {{_adapter}}(this, new {{_self}}(seed), sampler ?? new global::Qama.Sampling.SimulatedAnnealingSampler());
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
            /// <param name="lengths">Tokens present in each sample, integers, [batch]; null for all. Tokens beyond are padding: never selected, output 0, no gradient.</param>
            /// <param name="sampler">What finds this call's selections; null for <see cref="Sampler"/>.</param>
            /// <exception cref="global::System.ArgumentException">Another rank, width or number type, or devices differ.</exception>
            public global::TorchSharp.torch.Tensor forward({{parameters}}, global::TorchSharp.torch.Tensor? lengths, global::Qama.Sampling.ISampler? sampler = null) =>
                _adapter.Run(training, {{arguments}}, lengths, sampler);
            """);
        writer.Close();
    }
}
