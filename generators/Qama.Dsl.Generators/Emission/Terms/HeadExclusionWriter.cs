using Qama.Generators.Energy;

namespace Qama.Generators.Emission.Terms;

/// <summary>w Σ_{a&lt;b} Σ_i s[a,i] s[b,i].</summary>
internal sealed class HeadExclusionWriter(Penalty penalty) : TermWriter
{
    public override (string Name, double Value) Weight => ("HeadExclusionWeight", penalty.PairCoefficient.Value);

    public override string Formula => "Σ_{a<b} Σ_i " + MathNotation.Write(penalty.Energy);

    public override void WriteAssembly(SourceWriter writer) => writer.Write("""
        for (int i = 0; i < tokenCount; i++)
        {
            for (int a = 0; a < HeadCount; a++)
            {
                for (int b = a + 1; b < HeadCount; b++)
                {
                    weights.AddProduct(a * Tokens + i, b * Tokens + i, HeadExclusionWeight);
                }
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write("""
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

            energy += HeadExclusionWeight * 0.5 * (sum * sum - squares);
        }
        """);

    public override void WriteSlope(SourceWriter writer) => writer.Write("""
        for (int i = 0; i < tokenCount; i++)
        {
            slope[i] += (float)HeadExclusionWeight * (columns[i] - selection[i]);
        }
        """);
}
