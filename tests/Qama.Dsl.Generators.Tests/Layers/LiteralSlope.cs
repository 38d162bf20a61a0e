namespace Qama.Generators.Tests.Layers;

/// <summary>Derivatives of an output by a selection weight, by differences. What jumps as soon as there is a weight has no derivative: there
/// it is the difference that the weight makes.</summary>
internal static class LiteralSlope
{
    private const double Step = 2e-5;

    /// <summary>Slopes beyond it are no longer found by differences: a token far above all that is selected.</summary>
    private const double Steepest = 300;

    /// <summary>The derivative of every number of the output.</summary>
    /// <param name="output">Computes the output.</param>
    /// <param name="here">The output with the weight as it is.</param>
    /// <param name="weight">What the output is computed from; left as it is.</param>
    public static double[] Of(Func<double[]> output, double[] here, ref double weight)
    {
        double own = weight;
        weight = own + Step;
        double[] above = output();
        weight = own - Step;
        double[] below = output();
        weight = own + (2 * Step);
        double[] farAbove = output();
        weight = own - (2 * Step);
        double[] farBelow = output();
        weight = own;
        return [.. here.Select((y, k) =>
        {
            // What has jumped stays where it is.
            bool jumps = Math.Abs(farAbove[k] - above[k]) < 1e-3 * Math.Abs(above[k] - y);
            return jumps ? above[k] - y : (8 * (above[k] - below[k]) - (farAbove[k] - farBelow[k])) / (12 * Step);
        })];
    }

    public static bool IsSteep(double[] slope) => slope.Any(s => Math.Abs(s) > Steepest);
}
