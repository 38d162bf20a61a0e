using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>What samplers and machines ask of a model: answered by the runtime, compiled for the model's energy.</summary>
internal sealed class EnergyPart(SourceWriter writer, KernelPlan plan)
{
    private const string Energy = GeneratedNames.Nested + "." + EnergyWriter.Name;
    private const string Declared = $"global::Qama.Problems.DeclaredEnergy<{Energy}>";

    private readonly string _element = plan.ElementType.Name;

    public void Write()
    {
        WriteAssembly(
            """
            /// <summary>The energy as a QUBO, E(x) = xᵀQx + offset, over VariableCount selection bits (head, then token, then bit)
            /// and then SlackCount slack bits.</summary>
            """,
            "global::Qama.Ising.QuboMatrix", GeneratedNames.AssembleQubo, "ToQubo");
        WriteAssembly(
            """
            /// <summary>The energy as an Ising problem, x = (1 + σ)/2: Σ_{i&lt;j} J'σσ' + Σ h'σ + offset, equal to the QUBO's
            /// for every state.</summary>
            """,
            "global::Qama.Ising.IsingProblem", GeneratedNames.AssembleIsing, "ToIsing");
        PartWriter.Nested(writer, () => new EnergyWriter(writer, plan).Write());
    }

    /// <summary>The interface of a model, which the runtime implements for its energy.</summary>
    public static string InterfaceOf(KernelPlan plan)
    {
        string name = plan.Features is null ? "IDeclaredAttention" : "IDeclaredFactoredAttention";
        string self = plan.Specification.Type.Name;
        return $"global::Qama.Layers.{name}<{self}, {self}.{Energy}>";
    }

    private void WriteAssembly(string summary, string form, string name, string method)
    {
        string fields = plan.HasField ? $", global::System.ReadOnlySpan<{_element}> fields" : "";
        writer.Write($"""
            {summary}
            /// <param name="couplings">J, [HeadCount, Tokens, Tokens]: {ModelPart.CouplingShape(plan)}.</param>
            """);
        if (plan.HasField)
        {
            writer.Write("/// <param name=\"fields\">f, [HeadCount, Tokens].</param>");
        }

        writer.Write("/// <exception cref=\"global::System.ArgumentException\">A length does not match the model.</exception>").Mark();
        writer.Write($"""
            public static {form} {name}(global::System.ReadOnlySpan<{_element}> couplings{fields}) =>
                {Declared}.{method}<{_element}>(couplings, {(plan.HasField ? "fields" : "default")});

            """);
    }
}
