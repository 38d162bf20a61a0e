namespace Qama.Generators.Tests.Layers;

public class GradientTests
{
    [Fact]
    public void Gradients_of_inputs_and_parameters_are_central_differences()
    {
        Failures failures = new();
        foreach (Operator declared in Operators.All)
        {
            Compare(new LayerCase<double>(declared), failures);
        }

        failures.Check();
    }

    /// <summary>Compares all gradients of a case with central differences of the loss.</summary>
    internal static void Compare(LayerCase<double> run, Failures failures)
    {
        var loss = new HeldSelectionLoss(run);
        run.Forward();
        double[][] gradients = run.Backward();
        var random = new Random(2);
        for (int t = 0; t < gradients.Length; t++)
        {
            foreach (double[] direction in Directions(random, gradients[t].Length))
            {
                double expected = CentralDifferences.Along(direction, run.Tensor(t), loss.Value);
                double actual = gradients[t].Zip(direction, (g, d) => g * d).Sum();
                double scale = gradients[t].Select(Math.Abs).DefaultIfEmpty().Max() * direction.Sum(Math.Abs);
                failures.Compare(
                    run.Declared, "gradient of " + run.Names[t], [expected], [actual], 1e-6, Math.Max(scale, 1e-3 * loss.Scale));
            }
        }
    }

    /// <summary>Every entry at once, then three alone.</summary>
    private static IEnumerable<double[]> Directions(Random random, int length)
    {
        yield return [.. Enumerable.Range(0, length).Select(_ => 2 * random.NextDouble() - 1)];
        for (int k = 0; k < 3; k++)
        {
            var unit = new double[length];
            unit[random.Next(length)] = 1;
            yield return unit;
        }
    }
}
