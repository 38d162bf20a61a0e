using Qama.Layers;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Emitted operations of torch compute what the native kernels do, with the same gradients.</summary>
public class CoefficientTests
{
    private const int Count = 312, PerCompilation = 52;

    private static readonly Lazy<(RandomCoefficients Declaration, DeclaredModels Models)[]> _all = new(() =>
    [
        .. Enumerable.Range(0, Count).Select(n => new RandomCoefficients(n)).Chunk(PerCompilation).SelectMany(batch =>
        {
            var models = new DeclaredModels(batch.Select(d => d.Source));
            return batch.Where(d => models.IsLayer(d.Name)).Select(d => (d, models));
        }),
    ]);

    /// <summary>A few are none: the compiler refuses a term that has no value at some position.</summary>
    [Fact]
    public void Nearly_all_declarations_are_layers() => Assert.True(_all.Value.Length >= 300, $"{_all.Value.Length}");

    [Fact]
    public void Couplings_fields_and_gradients_of_random_declarations_are_those_of_the_native_kernels() =>
        CheckAll(ScalarType.Float64, 1e-9, 1e-9);

    [Fact]
    public void So_they_are_in_single_precision() => CheckAll(ScalarType.Float32, 1e-5, 1e-4);

    /// <summary>No constant widens the type; what overflows in few bits is another matter.</summary>
    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_numbers_stay_half_numbers(ScalarType type)
    {
        foreach ((RandomCoefficients declaration, DeclaredModels models) in _all.Value.Where((_, n) => n % 4 == 0))
        {
            CoefficientPoint point = new(models.Layer(declaration.Name), new Random(1), declaration.Tokens);
            TensorCoefficients.Compute(models.Tensors(declaration.Name), [point], type);
        }
    }

    private static void CheckAll(ScalarType type, double tolerance, double gradientTolerance)
    {
        int compared = 0, all = 0;
        var failures = new List<string>();
        foreach ((RandomCoefficients declaration, DeclaredModels models) in _all.Value)
        {
            try
            {
                // Learnables are the layer's: both samples share them.
                QuboAttentionLayer<double> layer = models.Layer(declaration.Name);
                var random = new Random(declaration.Tokens);
                int[] present = [declaration.Tokens, Math.Max(1, declaration.Tokens - 1)];
                CoefficientPoint[] points = [.. present.Select(p => new CoefficientPoint(layer, random, p))];
                compared += points.Sum(p => declaration.SkipUndecided(p, random));
                all += points.Sum(p => p.Heads * p.Present * (p.Present + 1));
                CoefficientComparison.AssertSame(
                    layer, models.Tensors(declaration.Name), points, type, tolerance, gradientTolerance);
            }
            catch (Xunit.Sdk.XunitException e)
            {
                failures.Add($"{e.Message}\n{declaration.Source}");
            }
        }

        Assert.True(
            failures.Count == 0, $"{failures.Count} declarations, such as\n{string.Join("\n\n", failures.OrderBy(f => f.Length).Take(4))}");
        Assert.True(compared > 0.95 * all, $"{compared} of {all}");
    }
}
