using Qama.Generators.Emission.Tensors;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>
/// The layer as modules of TorchSharp, emitted where the user's project references Qama.Torch: one input for query, key and value (unless
/// keys are a sequence of their own), or three. What they do is in their base classes.
/// </summary>
internal sealed class TorchModulePart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _self = plan.Specification.Type.Name;

    // Torch's operations have one selection for all queries.
    private readonly string _tensors = plan.Specification.HasOwnProblems
        ? "null"
        : $"global::Qama.Torch.TensorBackend.Of<{plan.Specification.Type.Name}>(new {GeneratedNames.Nested}.{TensorPart.Name}())";

    public void Write()
    {
        if (!plan.Specification.HasOwnKeys)
        {
            WriteModule(GeneratedNames.TorchModule, "QuboAttentionModule", "The layer as a module of TorchSharp with one input.");
            writer.Line();
        }

        WriteModule(
            GeneratedNames.SeparateTorchModule, "SeparateQuboAttentionModule",
            "The layer as a module of TorchSharp with separate inputs for query, key and value.");
        writer.Line();
        WriteModule(
            GeneratedNames.TorchMultiheadAttention, "QuboMultiheadAttention",
            "The layer in the place of torch's multi-head attention.",
            """
            /// <param name="batchFirst">Whether inputs and output are [batch, tokens, width]; else [tokens, batch, width].</param>
            /// <param name="outputProjection">Whether the heads' outputs are projected back to the input's width.</param>

            """,
            "bool batchFirst = false, bool outputProjection = true, ", ", batchFirst, outputProjection");
    }

    private void WriteModule(
        string name, string baseType, string summary, string documentation = "", string parameters = "", string arguments = "")
    {
        writer.Write($"/// <summary>{summary}</summary>").Mark();
        writer.Open($"public sealed class {name} : global::Qama.Torch.{baseType}<{_self}, {plan.ElementType.Name}>");
        writer.Write($$"""
            /// <summary>Creates the module with the initial parameters of <c>new {{_self}}(seed)</c>.</summary>
            /// <param name="seed">Seed of the initial values and of sampling.</param>
            /// <param name="sampler">What finds selections; null for simulated annealing.</param>
            {{documentation}}/// <param name="name">The module's name.</param>
            public {{name}}(
                long seed, global::Qama.Sampling.ISampler? sampler = null, {{parameters}}string name = {{SourceWriter.Text(_self.TrimStart('@'))}})
                : base(name, new {{_self}}(seed), sampler, {{_tensors}}{{arguments}})
            {
            }
            """);
        writer.Close();
    }
}
