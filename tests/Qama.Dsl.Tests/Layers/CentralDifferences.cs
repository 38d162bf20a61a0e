using Qama.Layers;

namespace Qama.Tests.Layers;

/// <summary>The gradient by definition.</summary>
internal static class CentralDifferences
{
    /// <summary>Compares every gradient that <see cref="LayerRun{T}.Backward"/> gives with (L(x + h) − L(x − h)) / 2h.</summary>
    public static void Check(LayerRun<double> run, Func<double> loss, double tolerance = 1e-6)
    {
        string[] names = ["query", "key", "value"];
        double[][] gradients = [.. run.InputGradients.Select(g => (double[])g.Clone())];
        double[][] parameters = [.. run.Layer.Parameters.Select(p => p.Gradient.ToArray())];
        for (int i = 0; i < names.Length; i++)
        {
            double[] input = run.Inputs[i];
            Check(names[i], gradients[i], (k, value) => input[k] = value, k => input[k], loss, tolerance);
        }

        for (int p = 0; p < parameters.Length; p++)
        {
            Parameter<double> parameter = run.Layer.Parameters[p];
            Check(parameter.Name, parameters[p], (k, value) => parameter.Value[k] = value, k => parameter.Value[k], loss, tolerance);
        }
    }

    private static void Check(
        string what, double[] gradient, Action<int, double> set, Func<int, double> get, Func<double> loss, double tolerance)
    {
        const double Step = 1e-5;
        var expected = new double[gradient.Length];
        for (int k = 0; k < gradient.Length; k++)
        {
            double value = get(k);
            set(k, value + Step);
            double above = loss();
            set(k, value - Step);
            double below = loss();
            set(k, value);
            expected[k] = (above - below) / (2 * Step);
        }

        double scale = 1 + expected.Max(Math.Abs);
        double error = expected.Zip(gradient, (e, g) => Math.Abs(e - g)).Max();
        Assert.True(error <= tolerance * scale, $"{what}: error {error:E2} at scale {scale:E2}.");
    }
}
