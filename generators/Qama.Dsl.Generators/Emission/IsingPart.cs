using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The energy over spins, assembled directly: no QUBO matrix in between.</summary>
internal sealed class IsingPart(SourceWriter writer, KernelPlan plan)
{
    public void Write()
    {
        QuboPart.WriteAssemblyHeader(
            writer, plan,
            """
            /// <summary>The energy as an Ising problem, x = (1 + σ)/2: Σ_{i&lt;j} J'σσ' + Σ h'σ + offset, equal to the QUBO's for every
            /// state.</summary>
            """,
            "global::Qama.Ising.IsingProblem", "AssembleIsing");
        writer.Write("var ising = new global::Qama.Ising.IsingProblem(VariableCount + SlackCount);");
        QuboPart.WriteAssemblyCall(writer, plan, "global::Qama.Ising.IsingForm", "new global::Qama.Ising.IsingForm(ising)");
        writer.Write("return ising;");
        writer.Close();
    }
}
