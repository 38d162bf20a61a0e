namespace Qama.Generators.Tests.Layers;

public class PrecisionTests
{
    [Fact]
    public void Single_precision_agrees_with_double()
    {
        Operator[] sample = [.. Operators.All.Where(IsWellConditioned).Where((_, i) => i % 4 == 0)];
        var compiled = new CompiledOperators<float>(sample);
        Failures failures = new();
        foreach (Operator declared in sample)
        {
            var reference = new LayerCase<double>(declared);
            var run = new LayerCase<float>(declared, compiled);
            failures.Compare(declared, "output", reference.Forward(), Numbers(run.Forward()), 1e-5);
            foreach ((string name, (double[] expected, float[] actual)) in reference.Names.Zip(reference.Backward().Zip(run.Backward())))
            {
                // Gradients that are 0 but for rounding (a shift under a softmax) have no scale of their own; others are about 1.
                failures.Compare(declared, "gradient of " + name, expected, Numbers(actual), 1e-4, 0.05);
            }
        }

        failures.Check();
    }

    /// <summary>Digits are lost in any precision where a layer norm of two numbers leaves signs, where a similarity of one
    /// dimension does, and where nearly equal entropies are scaled to variance 1.</summary>
    private static bool IsWellConditioned(Operator o) =>
        o.HeadDim > 1 && !(o.LayerNorm && o.Width < 3) && !(o.NormalizesFields && o.Importance == Importance.ValueEntropy);

    private static double[] Numbers(float[] values) => [.. values.Select(v => (double)v)];
}
