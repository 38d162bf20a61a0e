using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>w Σ_{a&lt;b} Σ_i s[a,i] s[b,i].</summary>
internal sealed class HeadExclusionWriter(PlannedPenalty planned, int bits) : TermWriter(planned)
{
    public override string Formula => $"{Formulas.Weight(this)} Σ_{{a<b}} Σ_i s[a,i] s[b,i]";

    public override void WriteAssembly(SourceWriter writer) => writer.Write($$"""
        for (int i = 0; i < tokenCount; i++)
        {
            for (int a = 0; a < HeadCount; a++)
            {
                for (int b = a + 1; b < HeadCount; b++)
                {
                    weights.AddProduct(a * Tokens + i, b * Tokens + i, {{WeightText}});
                }
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write(bits == 1
        ? $"energy += {WeightText} * global::Qama.Problems.Selection.Overlaps(state, HeadCount, Tokens, tokenCount);"
        : $$"""
            for (int i = 0; i < tokenCount; i++)
            {
                // Σ_{a<b} s s' = ((Σ s)² − Σ s²) / 2.
                double sum = 0, squares = 0;
                for (int h = 0; h < HeadCount; h++)
                {
                    double s = WeightOf(state, h * Tokens + i);
                    sum += s;
                    squares += s * s;
                }

                energy += {{WeightText}} * 0.5 * (sum * sum - squares);
            }
            """);

    public override void WriteSlope(SourceWriter writer) => writer.Write($$"""
        for (int i = 0; i < tokenCount; i++)
        {
            slope[i] += (float){{WeightText}} * (global::Qama.Problems.Selection.Weight(columns, SelectionBits, i) - selection[i]);
        }
        """);
}
