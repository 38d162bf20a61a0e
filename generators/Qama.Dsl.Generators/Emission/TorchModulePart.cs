using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>
/// The layer as modules of TorchSharp, emitted where the user's project references Qama.Torch: one input for query, key and value, or
/// three. What they do is in their base classes.
/// </summary>
internal sealed class TorchModulePart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _self = plan.Specification.Type.Name;

    public void Write()
    {
        WriteModule(GeneratedNames.TorchModule, "QuboAttentionModule", "one input for query, key and value");
        writer.Line();
        WriteModule(GeneratedNames.SeparateTorchModule, "SeparateQuboAttentionModule", "separate inputs for query, key and value");
    }

    private void WriteModule(string name, string baseType, string inputs)
    {
        writer.Write($"/// <summary>The layer as a module of TorchSharp with {inputs}.</summary>").Mark();
        writer.Open($"public sealed class {name} : global::Qama.Torch.{baseType}<{_self}, {plan.ElementType.Name}>");
        writer.Write($$"""
            /// <summary>Creates the module with the initial parameters of <c>new {{_self}}(seed)</c>.</summary>
            /// <param name="seed">Seed of the initial values and of sampling.</param>
            /// <param name="sampler">What finds selections; null for simulated annealing.</param>
            /// <param name="name">The module's name.</param>
            public {{name}}(
                long seed, global::Qama.Sampling.ISampler? sampler = null, string name = {{SourceWriter.Text(_self.TrimStart('@'))}})
                : base(name, new {{_self}}(seed), sampler, null!)
            {
            }
            """);
        writer.Close();
    }
}
