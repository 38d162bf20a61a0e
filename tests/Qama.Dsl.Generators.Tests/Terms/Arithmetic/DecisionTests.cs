using System.Collections.Concurrent;
using System.Globalization;

namespace Qama.Generators.Tests.Terms.Arithmetic;

/// <summary>Every condition of a kernel on query and key has the method's result, also where rounding decides it.</summary>
/// <remarks>The environment variable QAMA_RANDOM_TERMS sets how many terms: a tenth of it.</remarks>
public class DecisionTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Batch = 20, Scratch = 1 << 17;

    private static readonly int _count = int.Parse(
        Environment.GetEnvironmentVariable("QAMA_RANDOM_TERMS") ?? "2000", CultureInfo.InvariantCulture) / 10;

    [Fact]
    public void Conditions_are_decided_as_the_method_decides_them()
    {
        var failures = new ConcurrentQueue<string>();
        int[] taken = new int[1 << RandomDecisions.Count];
        Parallel.For(0, (_count + Batch - 1) / Batch, batch =>
        {
            TermClass[] terms =
            [
                .. Enumerable.Range(batch * Batch, Math.Min(Batch, _count - batch * Batch)).Select(seed => new TermClass("D" + seed, new RandomDecisions(seed).Body)
                {
                    AlwaysTiles = seed % 2 == 0,

                    // Exact numbers, so that the sum is exact too.
                    Addition = "a * Vec.Dot(w * q, k) + 1024f * pair.Distance * (pair.Head + 1)",
                }),
            ];
            var kernels = new TermKernels<float>(terms, withGradients: false);
            foreach (TermClass term in terms)
            {
                Check(term, kernels, new Random(int.Parse(term.Name[1..], CultureInfo.InvariantCulture)), taken, failures);
            }
        });

        output.WriteLine($"{taken.Count(n => n > 0)} of {taken.Length} combinations of conditions");
        Assert.True(failures.IsEmpty, $"{failures.Count} pairs, such as\n{string.Join("\n\n", failures.OrderBy(f => f.Length).Take(50))}");
        Assert.True(taken.Count(n => n > 0) > taken.Length / 4);
    }

    private static void Check(TermClass term, TermKernels<float> kernels, Random random, int[] taken, ConcurrentQueue<string> failures)
    {
        TermKernels<float>.Similarity similarity = kernels.SimilarityOf(term.Name);
        Func<Vec, Vec, TokenPair, float, Vec, float> method = kernels.TermOf(term.Name);
        for (int trial = 0; trial < 4; trial++)
        {
            TermPoint<double> drawn = TermPoint<double>.Random(random, term.Tokens, term.Present);
            drawn.A[0] = 0;
            TermPoint<float> point = drawn.As<float>();
            int head = trial % TermClass.Heads;
            float[] couplings = point.Couplings(similarity, head, Scratch);
            for (int i = 0; i < term.Present; i++)
            {
                for (int j = 0; j < term.Present; j++)
                {
                    if (i != j)
                    {
                        float expected = method(drawn.QueryOf(i), drawn.KeyOf(j), new TokenPair(i, j, head), 0, drawn.Weights);
                        float actual = couplings[i * term.Stride + j];
                        Interlocked.Increment(ref taken[(int)expected % taken.Length]);
                        if (expected != actual)
                        {
                            int differ = ((int)expected ^ (int)actual) % taken.Length;
                            IEnumerable<string> wrong = new RandomDecisions(int.Parse(term.Name[1..], CultureInfo.InvariantCulture)).Conditions
                                .Where((_, n) => (differ >> n & 1) != 0);
                            failures.Enqueue($"{term.Name} at {i}, {j} of head {head}: {string.Concat(wrong)}");
                        }
                    }
                }
            }
        }
    }
}
