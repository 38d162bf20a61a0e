using Qama.Generators.Validation.Rules;

namespace Qama.Generators.Tests.Diagnostics;

public class SizeTests
{
    [Theory]
    [InlineData("[QuboAttention(Tokens = 1, EmbeddingDim = 1), Heads(1)]")]
    [InlineData("[QuboAttention(Tokens = 16384, EmbeddingDim = 64), Heads(1)]")]
    [InlineData("[QuboAttention(Tokens = 1, EmbeddingDim = 1024), Heads(1024)]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(count: 4, HeadDim = 1)]")]
    [InlineData("[{|QAMA0010:QuboAttention|}(EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[{|QAMA0010:{|QAMA0011:QuboAttention|}|}, Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0010:0|}, EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0010:-5|}, EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0010:16385|}, EmbeddingDim = 64), Heads(1), Coupling(Similarity.JensenShannon)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0010:16385|}, EmbeddingDim = 64), Heads(1), Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]")]
    [InlineData("[QuboAttention(Tokens = 46340, EmbeddingDim = 64), Heads(1)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0503:1048576|}, EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0010:1048577|}, EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(EmbeddingDim = {|QAMA0011:8 - 8|}, Tokens = 16), Heads(4)]")]
    [InlineData("[QuboAttention(EmbeddingDim = {|QAMA0011:65537|}, Tokens = 16), Heads(1)]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads({|QAMA0012:0|})]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 4100), Heads(count: {|QAMA0012:1025|})]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4, HeadDim = {|QAMA0013:0|})]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4, HeadDim = {|QAMA0013:65537|})]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0010:int.MaxValue|}, EmbeddingDim = {|QAMA0011:int.MinValue|}), Heads(4)]")]
    public async Task Sizes_are_checked_where_they_are_written(string attributes) =>
        await Declared.AssertAsync(attributes + "\npublic sealed partial class M;");

    [Theory]
    [InlineData(64, "4", true)]
    [InlineData(64, "4, HeadDim = 3", true)]
    [InlineData(64, "6, HeadDim = 10", true)]
    [InlineData(64, "6", false)]
    [InlineData(4, "8", false)]
    public async Task The_embedding_divides_among_the_heads_unless_they_have_their_own_width(int width, string heads, bool ok)
    {
        string marked = ok ? heads : "{|QAMA0014:" + heads + "|}";
        await Declared.AssertAsync($"[QuboAttention(Tokens = 16, EmbeddingDim = {width}), Heads({marked})] partial class M;");
    }

    [Theory]
    [InlineData(64, 6, "4,8")]
    [InlineData(64, 7, "8")]
    [InlineData(4, 8, "4")]
    [InlineData(7, 1024, "7")]
    [InlineData(60, 8, "6,10")]
    public void The_nearest_divisors_are_found(int embedding, int count, string expected)
    {
        // Oracle: all divisors by trial.
        int[] all = [.. Enumerable.Range(1, 1024).Where(d => embedding % d == 0)];
        int best = all.Min(d => Math.Abs(d - count));
        Assert.Equal([.. all.Where(d => Math.Abs(d - count) == best)], HeadDivision.NearestDivisors(embedding, count));
        Assert.Equal(expected, string.Join(",", HeadDivision.NearestDivisors(embedding, count)));
    }

    [Theory]
    [InlineData("[QuboAttention(Tokens = {|QAMA0503:11568|}, EmbeddingDim = 64), Heads(16), Coupling(Similarity.Cosine)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0501:11600|}, EmbeddingDim = 64), Heads(16), Coupling(Similarity.JensenShannon)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0503:1000000|}, EmbeddingDim = 512), Heads(8)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0501:1000000|}, EmbeddingDim = 64), Heads(200, HeadDim = 1)]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = {|QAMA0501:32768|}), Heads(1)]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 16384), Heads(16)]")]
    [InlineData("[QuboAttention(Tokens = 16384, EmbeddingDim = {|QAMA0501:65536|}), Heads(1, HeadDim = 1)]")]
    [InlineData("[QuboAttention(Tokens = {|QAMA0501:16384|}, EmbeddingDim = 64), Heads(1, HeadDim = 65536)]")]
    public async Task A_sample_must_fit_arrays(string attributes) =>
        await Declared.AssertAsync(attributes + "\npartial class M;");

    [Fact]
    public async Task A_model_without_heads_is_an_error_at_the_attribute() =>
        await Declared.AssertAsync("[{|QAMA0009:QuboAttention|}(Tokens = 16, EmbeddingDim = 64)] partial class M;");
}
