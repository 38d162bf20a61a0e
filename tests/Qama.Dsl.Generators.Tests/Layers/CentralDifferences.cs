namespace Qama.Generators.Tests.Layers;

/// <summary>Derivatives by definition.</summary>
internal static class CentralDifferences
{
    private const double Step = 1e-5;

    /// <summary>The derivative of a function of a tensor along a direction: fourth-order central differences.</summary>
    /// <param name="direction">The direction.</param>
    /// <param name="tensor">Gets and sets the tensor.</param>
    /// <param name="function">The function.</param>
    public static double Along(double[] direction, Tensor tensor, Func<double> function)
    {
        double[] origin = tensor.Get();
        double difference = (8 * (At(1) - At(-1)) - (At(2) - At(-2))) / (12 * Step);
        tensor.Set(origin);
        return difference;

        double At(int steps)
        {
            tensor.Set([.. origin.Zip(direction, (x, d) => x + steps * Step * d)]);
            return function();
        }
    }
}

/// <summary>Numbers that something depends on.</summary>
internal readonly record struct Tensor(Func<double[]> Get, Action<double[]> Set);
