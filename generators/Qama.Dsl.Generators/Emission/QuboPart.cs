using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The energy as a quadratic form over bits: one loop nest per term, for QUBO and Ising alike.</summary>
internal sealed class QuboPart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;

    public void Write()
    {
        WriteAssembleQubo();
        writer.Line();
        writer.Write("""
            static void global::Qama.Attention.IQuboAttention<SELF>.WriteQubo(in global::Qama.Problems.ProblemView problem, global::Qama.Ising.QuboMatrix destination)
            {
                destination.Clear();
                Assemble<global::Qama.Ising.QuboMatrix, float>(
                    problem.Couplings, problem.Fields, TokenStride, problem.TokenCount, problem.PenaltyWeights, destination);
            }
            """.Replace("SELF", plan.Specification.Type.Name));
        writer.Line();
        WriteAssemble();
    }

    /// <summary>Parameters of the public assembly methods, with their documentation and checks.</summary>
    public static void WriteAssemblyHeader(SourceWriter writer, KernelPlan plan, string summary, string returnType, string name)
    {
        string element = plan.ElementType.Name;
        string fields = plan.HasField ? $", global::System.ReadOnlySpan<{element}> fields" : "";
        writer.Write($"""
            {summary}
            /// <param name="couplings">J, [HeadCount, Tokens, Tokens]: {ModelPart.CouplingShape(plan)}.</param>
            """);
        if (plan.HasField)
        {
            writer.Write("/// <param name=\"fields\">f, [HeadCount, Tokens].</param>");
        }

        writer.Write("/// <exception cref=\"global::System.ArgumentException\">A length does not match the model.</exception>");
        writer.Open($"public static {returnType} {name}(global::System.ReadOnlySpan<{element}> couplings{fields})");
        writer.Write("global::Qama.Numerics.Shape.Require(couplings.Length, HeadCount * Tokens * Tokens, \"[HeadCount, Tokens, Tokens]\", \"couplings\");");
        if (plan.HasField)
        {
            writer.Write("global::Qama.Numerics.Shape.Require(fields.Length, HeadCount * Tokens, \"[HeadCount, Tokens]\", \"fields\");");
        }
    }

    /// <summary>The call of Assemble from a public assembly method, and the weights it needs.</summary>
    public static void WriteAssemblyCall(SourceWriter writer, KernelPlan plan, string form, string argument)
    {
        string element = plan.ElementType.Name;
        string fields = plan.HasField ? "fields" : "default";
        if (plan.ConstraintWeights.Length > 0)
        {
            writer.Write($"""
                global::System.Span<double> penaltyWeights = stackalloc double[{plan.ConstraintWeights.Length}];
                ComputePenaltyWeights<{element}>(couplings, {fields}, Tokens, Tokens, penaltyWeights);
                """);
        }

        string weights = plan.ConstraintWeights.Length > 0 ? "penaltyWeights" : "default";
        writer.Write($"Assemble<{form}, {element}>(couplings, {fields}, Tokens, Tokens, {weights}, {argument});");
    }

    private void WriteAssembleQubo()
    {
        WriteAssemblyHeader(
            writer, plan,
            """
            /// <summary>The energy as a QUBO, E(x) = xᵀQx + offset, over VariableCount selection bits (head-major, then token, then
            /// bit) and then SlackCount slack bits.</summary>
            """,
            "global::Qama.Ising.QuboMatrix", "AssembleQubo");
        writer.Write("var qubo = new global::Qama.Ising.QuboMatrix(VariableCount + SlackCount);");
        WriteAssemblyCall(writer, plan, "global::Qama.Ising.QuboMatrix", "qubo");
        writer.Write("return qubo;");
        writer.Close();
    }

    private void WriteAssemble()
    {
        writer.Write("""
            /// <summary>Adds every term of the energy to a form over bits. J is [HeadCount, Tokens, stride], f [HeadCount, stride].</summary>
            """);
        writer.Open("""
            private static void Assemble<TForm, TNumber>(
                global::System.ReadOnlySpan<TNumber> couplings, global::System.ReadOnlySpan<TNumber> fields, int stride, int tokenCount,
                global::System.ReadOnlySpan<double> penaltyWeights, TForm form)
                where TForm : global::Qama.Ising.IQuadraticForm
                where TNumber : unmanaged, global::System.Numerics.INumberBase<TNumber>
            """);
        writer.Write("var weights = new global::Qama.Ising.SelectionForm<TForm>(form, SelectionBits);").Line();
        if (plan.Specification.HasCoupling)
        {
            WriteCouplings();
        }

        if (plan.HasField)
        {
            writer.Line().Write("""
                // Field: −w_f Σ_h Σ_i f[h,i] s[h,i].
                for (int h = 0; h < HeadCount; h++)
                {
                    for (int i = 0; i < tokenCount; i++)
                    {
                        weights.AddWeight(h * Tokens + i, -FieldWeight * double.CreateTruncating(fields[h * stride + i]));
                    }
                }
                """);
        }

        foreach (TermWriter term in plan.Terms())
        {
            writer.Line().Write("// " + term.Name + ": " + term.Formula);
            term.WriteAssembly(writer);
        }

        writer.Line().Write("""
            // Absent tokens: an energy of their own, so that they are not selected.
            for (int h = 0; h < HeadCount; h++)
            {
                for (int i = tokenCount; i < Tokens; i++)
                {
                    weights.AddWeight(h * Tokens + i, 1);
                }
            }
            """);
        writer.Close();
    }

    private void WriteCouplings()
    {
        bool symmetric = plan.Specification.Coupling.Symmetrise;
        string both = symmetric ? "2 * double.CreateTruncating(row[j])"
            : "(double.CreateTruncating(row[j]) + double.CreateTruncating(couplings[(h * Tokens + j) * stride + i]))";
        string diagonal = plan.Specification.Coupling.KeepDiagonal
            ? "\n        weights.AddProduct(h * Tokens + i, h * Tokens + i, -CouplingWeight * double.CreateTruncating(row[i]));"
            : "";
        writer.Write($$"""
            // Coupling: −w_J Σ_h Σ_{i≠j} J[h,i,j] s[h,i] s[h,j], both orders of a pair counted{{(diagonal.Length > 0 ? ", and the diagonal" : "")}}.
            for (int h = 0; h < HeadCount; h++)
            {
                for (int i = 0; i < tokenCount; i++)
                {
                    global::System.ReadOnlySpan<TNumber> row = couplings.Slice((h * Tokens + i) * stride, Tokens);{{diagonal}}
                    for (int j = i + 1; j < tokenCount; j++)
                    {
                        weights.AddProduct(h * Tokens + i, h * Tokens + j, -CouplingWeight * {{both}});
                    }
                }
            }
            """);
    }
}
