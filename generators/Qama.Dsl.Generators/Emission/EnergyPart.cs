using System.Linq;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The energy of a selection and its slope, from the model's structure.</summary>
internal sealed class EnergyPart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _interface = $"global::Qama.Attention.IQuboAttention<{plan.Specification.Type.Name}>";

    public void Write()
    {
        WriteEnergy();
        writer.Line();
        WriteSlope();
        writer.Line();
        writer.Write("/// <summary>The selection weight of one token of one head: s = Σ_b 2^b x_b / (2^B − 1).</summary>");
        writer.Write(plan.SelectionBits == 1
            ? "private static double WeightOf(global::System.ReadOnlySpan<byte> state, int weight) => state[weight];"
            : """
              private static double WeightOf(global::System.ReadOnlySpan<byte> state, int weight)
              {
                  int level = 0;
                  for (int b = 0; b < SelectionBits; b++)
                  {
                      level |= state[weight * SelectionBits + b] << b;
                  }

                  return level * (1.0 / ((1 << SelectionBits) - 1));
              }
              """);
    }

    private void WriteEnergy()
    {
        writer.Open($"static double {_interface}.Energy(in global::Qama.Problems.ProblemView problem, global::System.ReadOnlySpan<byte> state)");
        WritePenaltyWeights();
        writer.Write("""
            int tokenCount = problem.TokenCount;
            double energy = 0;
            """);
        writer.Open("for (int h = 0; h < HeadCount; h++)");
        if (plan.SelectionBits == 1)
        {
            WriteBitEnergy();
        }
        else
        {
            WriteWeightEnergy();
        }

        writer.Line().Write("""
            for (int i = tokenCount; i < Tokens; i++)
            {
                energy += WeightOf(state, h * Tokens + i);
            }
            """).Close();
        foreach (TermWriter term in plan.Terms())
        {
            writer.Line();
            term.WriteEnergy(writer);
        }

        writer.Line().Write("return energy;").Close();
    }

    private string Field => plan.HasField ? " + FieldWeight * problem.Fields[h * TokenStride + i]" : "";

    private void WriteBitEnergy()
    {
        writer.Write("""
            global::System.ReadOnlySpan<float> couplings = problem.Couplings.Slice(h * Tokens * TokenStride, Tokens * TokenStride);
            global::System.ReadOnlySpan<byte> bits = state.Slice(h * Tokens, tokenCount);
            energy -= 2 * CouplingWeight * global::Qama.Problems.Selection.PairSum(couplings, TokenStride, bits);
            """);
        if (plan.HasField)
        {
            writer.Write("energy -= FieldWeight * global::Qama.Problems.Selection.FieldSum(problem.Fields.Slice(h * TokenStride, TokenStride), bits);");
        }

        if (plan.Specification.Coupling.KeepDiagonal)
        {
            writer.Write("""
                for (int i = 0; i < tokenCount; i++)
                {
                    energy -= bits[i] * (CouplingWeight * couplings[i * TokenStride + i]);
                }
                """);
        }
    }

    private void WriteWeightEnergy()
    {
        string diagonal = plan.Specification.Coupling.KeepDiagonal ? " + CouplingWeight * row[i] * s" : "";
        writer.Write($$"""
            for (int i = 0; i < tokenCount; i++)
            {
                double s = WeightOf(state, h * Tokens + i);
                if (s == 0)
                {
                    continue;
                }

                double pairs = 0;
                global::System.ReadOnlySpan<float> row = problem.Couplings.Slice((h * Tokens + i) * TokenStride, Tokens);
                for (int j = i + 1; j < tokenCount; j++)
                {
                    pairs += row[j] * WeightOf(state, h * Tokens + j);
                }

                energy -= s * (2 * CouplingWeight * pairs{{diagonal}}{{Field}});
            }
            """);
    }

    private void WriteSlope()
    {
        string field = plan.HasField ? " - (float)FieldWeight * problem.Fields[h * TokenStride + i]" : "";
        bool hasExclusion = plan.Penalties.Any(p => p.Penalty.Domain is PenaltyDomain.HeadPairsAtToken or PenaltyDomain.HeadPairsAtBit);
        writer.Open($"""
            static void {_interface}.Slope(
                in global::Qama.Problems.ProblemView problem, global::System.ReadOnlySpan<float> state, global::System.Span<float> result)
            """);
        WritePenaltyWeights();
        writer.Write("""
            int tokenCount = problem.TokenCount;
            global::System.Span<float> selection = stackalloc float[Tokens];
            global::System.Span<float> slope = stackalloc float[Tokens];
            """);
        if (hasExclusion)
        {
            writer.Write("""
                global::System.Span<float> columns = stackalloc float[Tokens * SelectionBits];
                columns.Clear();
                for (int h = 0; h < HeadCount; h++)
                {
                    global::Qama.Numerics.Vectors.Rows.AddScaled(1, state.Slice(h * Tokens * SelectionBits, Tokens * SelectionBits), columns);
                }

                """);
        }

        writer.Open("for (int h = 0; h < HeadCount; h++)");
        writer.Write($$"""
            global::Qama.Problems.Selection.Weights(state.Slice(h * Tokens * SelectionBits, Tokens * SelectionBits), SelectionBits, selection);
            slope.Fill(1);
            for (int i = 0; i < tokenCount; i++)
            {
                global::System.ReadOnlySpan<float> row = problem.Couplings.Slice((h * Tokens + i) * TokenStride, Tokens);
                slope[i] = (float)(-2 * CouplingWeight) * global::Qama.Numerics.Vectors.Rows.Dot(row[..tokenCount], selection){{field}};
            }
            """);
        foreach (TermWriter term in plan.Terms())
        {
            writer.Line();
            term.WriteSlope(writer);
        }

        writer.Line().Write("""
            global::System.Span<float> bits = result.Slice(h * Tokens * SelectionBits, Tokens * SelectionBits);
            global::Qama.Problems.Selection.Bits(slope, SelectionBits, bits);
            """);
        foreach (TermWriter term in plan.Terms())
        {
            term.WriteBitSlope(writer);
        }

        writer.Close().Close();
    }

    private void WritePenaltyWeights()
    {
        if (plan.ConstraintWeights.Length > 0)
        {
            writer.Write("global::System.ReadOnlySpan<double> penaltyWeights = problem.PenaltyWeights;");
        }
        else if (plan.Penalties.Any(p => p.Sparsity is not null))
        {
            writer.Write("global::System.ReadOnlySpan<double> penaltyWeights = default;");
        }
    }
}
