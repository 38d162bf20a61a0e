using System.Numerics;
using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Emitted operations of torch compute what the native kernels do, with the same gradients.</summary>
public class CoefficientTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Count = 320, PerCompilation = 80;

    [Fact]
    public void Couplings_fields_and_gradients_of_random_declarations_are_those_of_the_native_kernels() =>
        CheckAll<double>(Enumerable.Range(0, Count), 1e-9, 1e-9);

    [Fact]
    public void So_they_are_in_single_precision() => CheckAll<float>(Enumerable.Range(Count, 60), 1e-5, 1e-4);

    private void CheckAll<T>(IEnumerable<int> numbers, double tolerance, double gradientTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int compared = 0, all = 0;
        var failures = new List<string>();
        foreach (int[] batch in numbers.Chunk(PerCompilation))
        {
            RandomCoefficients[] declarations = [.. batch.Select(n => new RandomCoefficients(n))];
            var models = new DeclaredModels<T>(declarations.Select(d => d.Source));
            foreach (RandomCoefficients declaration in declarations)
            {
                try
                {
                    (int some, int of) = Check(models, declaration, tolerance, gradientTolerance);
                    compared += some;
                    all += of;
                }
                catch (Exception e)
                {
                    failures.Add($"{e.Message}\n{declaration.Source}");
                }
            }
        }

        output.WriteLine($"{compared} of {all} coefficients");
        Assert.True(failures.Count == 0, $"{failures.Count} declarations, such as\n{string.Join("\n\n", failures.OrderBy(f => f.Length).Take(4))}");
        Assert.True(compared > 0.7 * all, $"{compared} of {all}");
    }

    private static (int Compared, int All) Check<T>(
        DeclaredModels<T> models, RandomCoefficients declaration, double tolerance, double gradientTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Learnables of a layer are one sample's: both samples share them.
        QuboAttentionLayer<T> layer = models.Layer(declaration.Name);
        var random = new Random(declaration.Tokens);
        int[] present = [declaration.Tokens, Math.Max(1, declaration.Tokens - 1)];
        CoefficientPoint<T>[] points = [.. present.Select(p => new CoefficientPoint<T>(layer, random, p))];
        int compared = 0, all = 0;
        foreach (CoefficientPoint<T> point in points)
        {
            compared += declaration.SkipUndecided(point, random);
            all += point.Heads * point.Present * (point.Present + 1);
        }

        CoefficientComparison.AssertSame(layer, models.Tensors(declaration.Name), points, tolerance, gradientTolerance);
        return (compared, all);
    }
}
