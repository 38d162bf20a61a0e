using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>w Σ_h Σ_i s[h,i]².</summary>
internal sealed class CurvatureWriter(PlannedPenalty planned) : TermWriter(planned)
{
    public override string Formula => $"{Formulas.Weight(this)} Σ_h Σ_i s[h,i]²";

    public override void WriteAssembly(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                weights.AddProduct(h * Tokens + i, h * Tokens + i, {{WeightText}});
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                double s = WeightOf(state, h * Tokens + i);
                energy += {{WeightText}} * s * s;
            }
        }
        """);

    public override void WriteSlope(SourceWriter writer) =>
        writer.Write($"global::Qama.Numerics.Vectors.Rows.AddScaled<float>((float)(2 * {WeightText}), selection[..tokenCount], slope);");
}
