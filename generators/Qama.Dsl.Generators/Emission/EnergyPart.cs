using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>What samplers and machines ask of a model: answered by the runtime, compiled for the model's energy.</summary>
internal sealed class EnergyPart(SourceWriter writer, KernelPlan plan)
{
    private const string Energy = GeneratedNames.Nested + "." + EnergyWriter.Name;
    private const string Declared = $"global::Qama.Problems.DeclaredEnergy<{Energy}>";
    private const string Plan = $"global::Qama.Problems.DeclaredPlan<{Energy}>";
    private const string Driver = $"global::Qama.Annealing.Annealer<{Plan}>";

    private const string FactoredDriver = $"global::Qama.Annealing.FactoredAnnealer<{Plan}>";

    private readonly string _factored = $"global::Qama.Layers.IFactoredAttention<{plan.Specification.Type.Name}>";
    private readonly string _model = $"global::Qama.Layers.IQuboAttention<{plan.Specification.Type.Name}>";
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
        const string Problem = "in global::Qama.Problems.ProblemView problem";
        Explicit("double", "Energy", $"{Problem}, global::System.ReadOnlySpan<byte> state", $"{Declared}.Of(problem, state)");
        Explicit("void", "WriteQubo", $"{Problem}, global::Qama.Ising.QuboMatrix destination", $"{Declared}.Write(problem, destination)");
        Explicit(
            "void", "WriteStructure", $"{Problem}, global::Qama.Problems.StructuredEnergy destination",
            $"destination.Load<{Plan}>(problem)");
        Explicit("int", "AnnealingScratch", null, $"{Driver}.ScratchLength");
        Explicit(
            "void", "Anneal",
            $"{Problem}, in global::Qama.Problems.AnnealingSchedule schedule, ref global::Qama.Numerics.RandomStream random, "
            + "global::System.Span<byte> state, global::System.Span<float> scratch",
            $"{Driver}.Run(problem, schedule, ref random, state, scratch)");
        Explicit(
            "global::Qama.Problems.TemperatureScale?", "EnergyScale", $"{Problem}, global::System.Span<float> scratch",
            $"{Driver}.EnergyScale(problem, scratch)");
        if (plan.Features is not null)
        {
            WriteFactored();
        }

        if (plan.ConstraintWeights.Length > 0)
        {
            Explicit("int", "PenaltyWeightCount", null, $"{Energy}.ComputedWeightCount");
            Explicit(
                "void", "WritePenaltyWeights", $"{Problem}, global::System.Span<double> weights",
                $"{Declared}.ComputeWeights(problem, weights)");
            if (plan.Features is not null)
            {
                Explicit(
                    "void", "WritePenaltyWeights", "in global::Qama.Problems.FactoredView problem, global::System.Span<double> weights",
                    $"{Declared}.ComputeWeights(problem, weights)", _factored);
            }
        }

        PartWriter.Nested(writer, () => new EnergyWriter(writer, plan).Write());
    }

    /// <summary>The interface of a layer's model.</summary>
    public static string InterfaceOf(KernelPlan plan) => plan.Features is null ? "IQuboAttention" : "IFactoredAttention";

    /// <summary>The same without couplings written out.</summary>
    private void WriteFactored()
    {
        const string Problem = "in global::Qama.Problems.FactoredView problem";
        Explicit("int", "FactoredScratch", null, $"{FactoredDriver}.ScratchLength({plan.Features!.Rank})", _factored);
        Explicit(
            "double", "Energy", $"{Problem}, global::System.ReadOnlySpan<byte> state", $"{Declared}.Of(problem, state)", _factored);
        Explicit(
            "void", "Slope", $"{Problem}, global::System.ReadOnlySpan<float> state, global::System.Span<float> slope",
            $"{Declared}.Slope(problem, state, slope)", _factored);
        Explicit(
            "void", "Anneal",
            $"{Problem}, in global::Qama.Problems.AnnealingSchedule schedule, ref global::Qama.Numerics.RandomStream random, "
            + "global::System.Span<byte> state, global::System.Span<float> scratch",
            $"{FactoredDriver}.Run(problem, schedule, ref random, state, scratch)", _factored);
        Explicit(
            "global::Qama.Problems.TemperatureScale", "EnergyScale", $"{Problem}, global::System.Span<float> scratch",
            $"{FactoredDriver}.EnergyScale(problem, scratch)", _factored);
        Explicit(
            "void", "WriteStructure", $"{Problem}, global::Qama.Problems.StructuredEnergy destination",
            $"destination.Load<{Plan}>(problem)", _factored);
        Explicit(
            "void", "WriteQubo", $"{Problem}, global::Qama.Ising.QuboMatrix destination", $"{Declared}.Write(problem, destination)",
            _factored);
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

    /// <summary>An explicit implementation: a method, or a property where there are no parameters.</summary>
    private void Explicit(string type, string name, string? parameters, string value, string? of = null) => writer.Mark().Write($"""
        static {type} {of ?? _model}.{name}{(parameters is null ? "" : "(" + parameters + ")")} =>
            {value};

        """);
}
