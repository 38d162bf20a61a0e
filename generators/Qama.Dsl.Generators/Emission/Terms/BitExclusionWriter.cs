using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>w Σ_{a&lt;b} Σ_i Σ_b x[a,i,b] x[a',i,b].</summary>
internal sealed class BitExclusionWriter(PlannedPenalty planned) : TermWriter(planned)
{
    public override string Formula => $"{Formulas.Weight(this)} Σ_{{a<a'}} Σ_i Σ_b x[a,i,b] x[a',i,b]";

    public override void WriteAssembly(SourceWriter writer) => writer.Write($$"""
        for (int i = 0; i < tokenCount; i++)
        {
            for (int a = 0; a < HeadCount; a++)
            {
                for (int b = a + 1; b < HeadCount; b++)
                {
                    weights.AddBitOverlap(a * Tokens + i, b * Tokens + i, {{WeightText}});
                }
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write($$"""
        for (int bit = 0; bit < tokenCount * SelectionBits; bit++)
        {
            int count = 0;
            for (int h = 0; h < HeadCount; h++)
            {
                count += state[h * Tokens * SelectionBits + bit];
            }

            energy += {{WeightText}} * (0.5 * count * (count - 1));
        }
        """);

    public override void WriteSlope(SourceWriter writer)
    {
    }

    public override void WriteBitSlope(SourceWriter writer) => writer.Write($$"""
        for (int bit = 0; bit < tokenCount * SelectionBits; bit++)
        {
            bits[bit] += (float){{WeightText}} * (columns[bit] - state[h * Tokens * SelectionBits + bit]);
        }
        """);
}
