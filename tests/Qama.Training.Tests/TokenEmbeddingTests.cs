using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Vectors of tokens, the gradient of their table, and numbers that are no tokens.</summary>
public class TokenEmbeddingTests
{
    private const int Vocabulary = 5, Tokens = 6, Width = 18, Batch = 3;

    [Fact]
    public void Every_token_gets_its_vector_and_gradients_add_up_by_vector()
    {
        var module = new TokenEmbedding<double>(Vocabulary, Tokens, Width, seed: 1);
        (Activations<double> input, int[] ids) = Input();
        Activations<double> output = new(Batch, module.OutputShape), slopes = new(Batch, module.OutputShape);
        var inputGradient = new Activations<double>(Batch, module.InputShape);
        var expected = new double[Vocabulary * Width];
        for (int i = 0; i < ids.Length; i++)
        {
            inputGradient.Row(i / Tokens, i % Tokens)[0] = double.NaN;
            Span<double> slope = slopes.Row(i / Tokens, i % Tokens);
            for (int c = 0; c < Width; c++)
            {
                slope[c] = Math.Sin(i * Width + c);
                expected[ids[i] * Width + c] += slope[c];
            }
        }

        module.Allocate(Batch, 2);
        module.Forward(input, output, new BatchInfo(Batch));
        module.Backward(input, slopes, inputGradient);
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(module.Weight.Value.Slice(ids[i] * Width, Width), output.Row(i / Tokens, i % Tokens));
        }

        Assert.Equal(expected, module.Weight.Gradient.ToArray());
        Assert.All(inputGradient.Values, g => Assert.Equal(0, g));
    }

    [Fact]
    public void The_table_begins_normal_with_a_deviation_of_one_fiftieth()
    {
        double[] values = new TokenEmbedding<double>(100, 1, 100, seed: 2).Weight.Value.ToArray();
        Assert.Equal(0, values.Average(), 0.001);
        Assert.Equal(0.02, Math.Sqrt(values.Sum(v => v * v) / values.Length), 0.0005);
        Assert.NotEqual(values, new TokenEmbedding<double>(100, 1, 100, seed: 3).Weight.Value.ToArray());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(1e30)]
    public void A_number_that_is_no_token_is_refused_by_place_and_nothing_is_written(double wrong)
    {
        var module = new TokenEmbedding<double>(Vocabulary, Tokens, Width, seed: 1);
        (Activations<double> input, _) = Input();
        var output = new Activations<double>(Batch, module.OutputShape);
        module.Allocate(Batch, 1);
        input.Row(1, 4)[0] = wrong;
        string message = Assert.Throws<ArgumentException>("input", () => module.Forward(input, output, new BatchInfo(Batch))).Message;
        Assert.Contains("Sample 1, token 4: expected a whole number in 0..4, got ", message, StringComparison.Ordinal);
        Assert.All(output.Values, y => Assert.Equal(0, y));
    }

    [Fact]
    public void A_training_checks_all_tokens_before_its_first_step()
    {
        float[] values = [.. Enumerable.Range(0, 40 * Tokens).Select(i => (float)(i % Vocabulary))];
        var data = new Dataset<float>(new TokenShape(Tokens, 1), Tokens, values, new int[40 * Tokens]);
        var embedding = new TokenEmbedding<float>(Vocabulary, Tokens, Width, seed: 1);
        var model = new Sequential<float>(("Embedding", embedding), ("Out", new Linear<float>(embedding.OutputShape, 3, seed: 2)));
        var trainer = new Trainer<float>(model, new TrainerOptions { Epochs = 1, BatchSize = 4, Threads = 1 });
        trainer.Progress = _ => Assert.Fail("A step was taken.");
        values[33 * Tokens + 2] = 7;
        string expected = "Sample 33: token 2: expected a whole number in 0..4, got 7.";
        Assert.Contains(expected, Assert.Throws<ArgumentException>("data", () => trainer.Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Throws<ArgumentException>("data", () => trainer.Evaluate(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_below_one_are_refused_by_name() => Assert.Throws<ArgumentOutOfRangeException>(
        "vocabulary", () => new TokenEmbedding<float>(0, Tokens, Width, seed: 1));

    private static (Activations<double> Input, int[] Ids) Input()
    {
        int[] ids = [.. Enumerable.Range(0, Batch * Tokens).Select(i => i * i % Vocabulary)];
        var input = new Activations<double>(Batch, new TokenShape(Tokens, 1));
        for (int s = 0; s < Batch; s++)
        {
            input.Set(s, [.. ids[(s * Tokens)..((s + 1) * Tokens)].Select(id => (double)id)]);
        }

        return (input, ids);
    }
}
