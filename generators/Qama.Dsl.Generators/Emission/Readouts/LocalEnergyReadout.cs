using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Readouts;

/// <summary>y[i, h·D + d] = ε[h,i] g_d; the mean over reads of it is the base class's business.</summary>
internal sealed class LocalEnergyReadout(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;
    private readonly Learnable _generator = plan.Learnable(Importances.EnergyToValue);

    public void Write()
    {
        string output = $"global::System.Span<{_element}> output, ";
        string outputGradient = $"global::System.ReadOnlySpan<{_element}> outputGradient, ";
        string values = $"learnables[{plan.Learnables.IndexOf(_generator)}].Value";
        string type = LocalEnergyKernels.TypeOf(plan), weighted = LocalEnergyKernels.Weighted(plan);
        writer.Write($"""
            // y[i, h·D + d] = ε[h,i] g_d, {LocalEnergyKernels.Formula(plan)}
            public static void ComputeReadout({LayerPart.HookParameters(plan, output)}) =>
                {type}.Read(sample, {values}, {weighted}, output);

            public static void BackwardReadout({LayerPart.HookParameters(plan, outputGradient)}) =>
                {type}.BackwardRead(sample, {values}, {weighted}, outputGradient, {new KernelWriter(writer, plan).GradientOf(_generator)});
            """);
    }
}
