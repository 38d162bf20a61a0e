using FsCheck;
using FsCheck.Fluent;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Linear attention against its definition, whose time grows with the square of the tokens.</summary>
public class LinearAttentionTests
{
    [Theory]
    [InlineData(1, 1, 3, true)]
    [InlineData(64, 2, 16, true)]
    [InlineData(65, 2, 5, true)]
    [InlineData(200, 1, 15, true)]
    [InlineData(64, 1, 4, false)]
    [InlineData(150, 2, 20, false)]
    public void Values_and_gradients_are_those_of_the_definition(int tokens, int heads, int dim, bool causal)
    {
        AttentionDefinition.Check(
            new LinearAttentionHeads<double>(tokens, heads, dim, causal), heads, Sees, AttentionDefinition.Linear, 1e-6, 1e-12);
        AttentionDefinition.Check(
            new LinearAttentionHeads<float>(tokens, heads, dim, causal), heads, Sees, AttentionDefinition.Linear, 1e-6, 1e-5);

        bool Sees(int i, int j) => !causal || j <= i;
    }

    [Fact]
    public void Any_size_is_that_of_the_definition() => Prop.ForAll(
        Gen.Choose(1, 150).ToArbitrary(), Gen.Choose(1, 18).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(),
        (tokens, dim, causal) => AttentionDefinition.Check(
            new LinearAttentionHeads<double>(tokens, 1, dim, causal), 1, (i, j) => !causal || j <= i, AttentionDefinition.Linear, 1e-6, 1e-12))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_equal_central_differences(bool causal)
    {
        GradientCheck.Run(new LinearAttentionHeads<double>(9, 2, 3, causal));
        GradientCheck.Run(new LinearAttention<double>(new TokenShape(5, 6), 2, 3, seed: 6, outputProjection: true, causal: causal));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 4)]
    public void Bits_do_not_depend_on_threads(int batch, int heads)
    {
        float[] expected = Run(threads: 1);
        Assert.Equal(expected, Run(threads: 2));
        Assert.Equal(expected, Run(threads: 8));

        float[] Run(int threads) =>
            AttentionDefinition.Bits(new LinearAttentionHeads<float>(70, heads, 12, causal: true), batch, threads);
    }

    [Fact]
    public void A_causal_head_does_not_know_what_comes()
    {
        const int Tokens = 150, Changed = 70;
        var module = new LinearAttention<float>(new TokenShape(Tokens, 8), 2, 4, seed: 1, causal: true);
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
    public void Keys_far_below_zero_give_finite_outputs()
    {
        var module = new LinearAttentionHeads<float>(3, 1, 2, causal: true);
        Activations<float> input = new(1, module.InputShape), output = new(1, module.OutputShape), gradient = new(1, module.InputShape);
        input.Set(0, [.. Enumerable.Repeat(-200f, 18)]);
        module.Allocate(1, 1);
        module.Forward(input, output, new BatchInfo(1));
        module.Backward(input, output, gradient);
        Assert.All([.. output.Values, .. gradient.Values], y => Assert.True(float.IsFinite(y)));
    }

    [Fact]
    public void Memory_grows_with_the_tokens_not_with_their_square()
    {
        long few = Memory(1000), many = Memory(8000);
        Assert.InRange(many, few, 9 * few);

        static long Memory(int tokens)
        {
            var module = new LinearAttentionHeads<float>(tokens, 2, 16, causal: true);
            long before = GC.GetAllocatedBytesForCurrentThread();
            module.Allocate(1, 1);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
