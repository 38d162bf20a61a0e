using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Softmax heads of more tokens than a strip has queries, against their definition in double.</summary>
public class SoftmaxAttentionTests
{
    [Theory]
    [InlineData(64, 1, 16)]
    [InlineData(65, 2, 5)]
    [InlineData(150, 3, 8)]
    [InlineData(193, 1, 20)]
    public void Values_and_gradients_of_many_tokens_are_those_of_the_definition(int tokens, int heads, int dim)
    {
        Check<double>(tokens, heads, dim, 1e-12);
        Check<float>(tokens, heads, dim, 5e-6);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(5, 4)]
    public void Bits_do_not_depend_on_threads(int batch, int heads)
    {
        float[] expected = Run(threads: 1);
        Assert.Equal(expected, Run(threads: 2));
        Assert.Equal(expected, Run(threads: 3));
        Assert.Equal(expected, Run(threads: 8));

        float[] Run(int threads) => AttentionDefinition.Bits(new AttentionHeads<float>(70, heads, 12), batch, threads);
    }

    [Fact]
    public void Memory_grows_with_the_tokens_not_with_their_square()
    {
        long few = Memory(1000), many = Memory(8000);
        Assert.InRange(many, few, 9 * few);

        static long Memory(int tokens)
        {
            var module = new AttentionHeads<float>(tokens, 2, 16);
            long before = GC.GetAllocatedBytesForCurrentThread();
            module.Allocate(1, 1);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Probabilities_are_those_of_samples_of_the_last_pass()
    {
        var module = new AttentionHeads<double>(66, 2, 4);
        Activations<double> input = AttentionDefinition.Random<double>(module.InputShape, 3);
        module.Allocate(3, 1);
        module.Forward(input, new Activations<double>(3, module.OutputShape), new BatchInfo(2));
        Assert.Equal(1, Enumerable.Range(0, 66).Sum(j => module.Probability(1, 1, 65, j)), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>("sample", () => module.Probability(2, 0, 0, 0));
    }

    [Theory]
    [InlineData(5, true, 0)]
    [InlineData(64, true, 0)]
    [InlineData(130, true, 0)]
    [InlineData(65, true, 1)]
    [InlineData(150, true, 20)]
    [InlineData(200, true, 64)]
    [InlineData(150, false, 1)]
    [InlineData(150, false, 30)]
    [InlineData(70, false, 1000)]
    [InlineData(70, true, int.MaxValue)]
    public void Causal_and_windowed_heads_are_those_of_the_definition(int tokens, bool causal, int window)
    {
        Check<double>(tokens, 2, 5, 1e-12, causal, window);
        Check<float>(tokens, 2, 5, 5e-6, causal, window);
    }

    [Fact]
    public void Any_window_of_any_length_is_that_of_the_definition() => Prop.ForAll(
        Gen.Choose(1, 140).ToArbitrary(), Gen.Choose(0, 90).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(),
        (tokens, window, causal) => Check<double>(tokens, 1, 3, 1e-12, causal, window)).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Causal_and_windowed_gradients_equal_central_differences()
    {
        GradientCheck.Run(new AttentionHeads<double>(9, 2, 3, causal: true));
        GradientCheck.Run(new AttentionHeads<double>(9, 2, 3, causal: true, window: 3));
        GradientCheck.Run(new SoftmaxAttention<double>(new TokenShape(5, 6), 2, 3, seed: 6, causal: true, window: 2));
    }

    [Fact]
    public void A_causal_head_does_not_know_what_comes()
    {
        const int Tokens = 100, Changed = 70;
        var module = new SoftmaxAttention<float>(new TokenShape(Tokens, 8), 2, 4, seed: 1, causal: true);
        Activations<float> input = AttentionDefinition.Random<float>(module.InputShape, 1);
        Activations<float> before = new(1, module.OutputShape), after = new(1, module.OutputShape);
        module.Allocate(1, 1);
        module.Forward(input, before, new BatchInfo(1));
        input.Row(0, Changed)[3] = 5;
        module.Forward(input, after, new BatchInfo(1));
        Assert.Equal(before.Values[..(Changed * before.Stride)], after.Values[..(Changed * before.Stride)]);
        Assert.NotEqual(before.Row(0, Changed).ToArray(), after.Row(0, Changed).ToArray());
    }

    [Fact]
    public void Sharp_attention_has_no_subnormal_gradients()
    {
        // Probabilities from 1 to e⁻¹⁰⁰: processors are many times slower with numbers below the smallest normal one.
        const int Tokens = 100;
        var module = new AttentionHeads<float>(Tokens, 1, 1);
        Activations<float> input = new(1, module.InputShape), output = new(1, module.OutputShape), gradient = new(1, module.InputShape);
        for (int t = 0; t < Tokens; t++)
        {
            (input.Row(0, t)[0], input.Row(0, t)[1], input.Row(0, t)[2]) = (1, -t, t % 3);
        }

        module.Allocate(1, 1);
        module.Forward(input, output, new BatchInfo(1));
        output.Sample(0).Fill(1);
        module.Backward(input, output, gradient);
        Assert.DoesNotContain(gradient.Values.ToArray(), float.IsSubnormal);
        Assert.NotEqual(0, gradient.Row(0, 20)[2]);
        Assert.Equal(0, gradient.Row(0, 40)[2]);
    }

    [Fact]
    public void What_a_query_sees_is_part_of_the_description_and_checked()
    {
        Assert.EndsWith("2 heads", new AttentionHeads<float>(4, 2, 3).Description, StringComparison.Ordinal);
        Assert.EndsWith("2 heads, causal, window 3", new AttentionHeads<float>(4, 2, 3, true, 3).Description, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("window", () => new AttentionHeads<float>(4, 2, 3, window: -1));
    }

    private static void Check<T>(int tokens, int heads, int dim, double tolerance, bool causal = false, int window = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var module = new AttentionHeads<T>(tokens, heads, dim, causal, window);
        AttentionDefinition.Check(
            module, heads, Sees, AttentionDefinition.Softmax, 0, tolerance,
            (h, i, j, share) => Assert.Equal(share, double.CreateTruncating(module.Probability(0, h, i, j)), tolerance));
        for (int j = 0; j < tokens; j++)
        {
            Assert.True(Sees(tokens / 2, j) || module.Probability(0, 0, tokens / 2, j) == T.Zero);
        }

        bool Sees(int i, int j) => !(causal && j > i) && !(window > 0 && Math.Abs(i - j) >= window);
    }
}
