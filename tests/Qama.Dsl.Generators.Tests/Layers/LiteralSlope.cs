namespace Qama.Generators.Tests.Layers;

/// <summary>Slopes of an output by a selection weight s: what setting it to 1 changes, by 1 − s; of a weight of 1 the derivative, by
/// differences.</summary>
internal static class LiteralSlope
{
    private const double Step = 2e-5;

    /// <summary>The slope of every number of the output.</summary>
    /// <param name="output">Computes the output.</param>
    /// <param name="here">The output with the weight as it is.</param>
    /// <param name="weight">What the output is computed from; left as it is.</param>
    /// <param name="attends">Whether attention is read; other readouts are linear in a weight, before their norm.</param>
    public static double[] Of(Func<double[]> output, double[] here, ref double weight, bool attends)
    {
        double own = weight;
        if (attends && own < 1)
        {
            weight = 1;
            double[] selected = output();
            weight = own;
            return [.. here.Select((y, k) => (selected[k] - y) / (1 - own))];
        }

        weight = own + Step;
        double[] above = output();
        weight = own - Step;
        double[] below = output();
        weight = own + (2 * Step);
        double[] farAbove = output();
        weight = own - (2 * Step);
        double[] farBelow = output();
        weight = own;
        return [.. here.Select((_, k) => (8 * (above[k] - below[k]) - (farAbove[k] - farBelow[k])) / (12 * Step))];
    }
}
