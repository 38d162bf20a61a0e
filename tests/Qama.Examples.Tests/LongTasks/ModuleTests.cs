using Qama.Examples.LongTasks;
using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Tests.LongTasks;

/// <summary>The example's own modules against what they say.</summary>
public class ModuleTests
{
    [Fact]
    public void Every_token_has_the_one_before_it_beside_it_and_gradients_return_to_both()
    {
        var module = new PreviousToken(new TokenShape(3, 2));
        module.Allocate(1, 1);
        (Activations<float> input, Activations<float> output, Activations<float> gradient) = Memory(module, 1);
        input.Set(0, [1, 2, 3, 4, 5, 6]);
        module.Forward(input, output, new BatchInfo(1));
        Assert.Equal([1, 2, 0, 0, 3, 4, 1, 2, 5, 6, 3, 4], Read(output, 0));
        output.Set(0, [1, 2, 100, 200, 3, 4, 10, 20, 5, 6, 30, 40]);
        module.Backward(input, output, gradient);
        Assert.Equal([11, 22, 33, 44, 5, 6], Read(gradient, 0));
    }

    [Fact]
    public void Rows_of_asked_tokens_go_on_and_their_gradients_return_there()
    {
        var task = new RecallTask(32, 64);
        var embedding = new TokenEmbedding<float>(task.Vocabulary, task.Tokens, 3, seed: 1);
        var module = new AskedRows(task, embedding);
        module.Allocate(2, 1);
        int[] ids = [5, 40, 9, 50, 0, 5, 9, 0, 0, 0, 5, 9, .. new int[20]];
        (Activations<float> input, Activations<float> output, _) = Memory(module, 2);
        input.Set(0, [.. new float[32].Select((_, t) => t % 2 == 0 ? 7f : 33f)]);
        input.Set(1, [.. ids.Select(id => (float)id)]);
        module.Forward(input, output, new BatchInfo(2));
        Assert.Equal([.. Vector(5), .. Vector(9)], Read(output, 1));

        output.Set(0, new float[6]);
        output.Set(1, [1, 2, 3, 4, 5, 6]);
        module.Backward(input, output, null);
        Assert.Equal([1, 2, 3], embedding.Weight.Gradient.Slice(5 * 3, 3).ToArray());
        Assert.Equal([4, 5, 6], embedding.Weight.Gradient.Slice(9 * 3, 3).ToArray());
        Assert.Equal(21, embedding.Weight.Gradient.ToArray().Sum());

        float[] Vector(int id) => embedding.Weight.Value.Slice(id * 3, 3).ToArray();
    }

    [Fact]
    public void What_is_no_id_is_told_by_the_embedding_inside()
    {
        var task = new CopyingTask(8);
        var module = new AskedRows(task, new TokenEmbedding<float>(task.Vocabulary, task.Tokens, 3, seed: 1));
        Assert.Null(module.FindFault(new float[task.Tokens]));
        Assert.NotNull(module.FindFault([.. Enumerable.Repeat(0.5f, task.Tokens)]));
    }

    // The loss Σ c·logit is quadratic in a table that is embedding and classifier: central differences are exact but
    // for rounding.
    [Theory]
    [InlineData(37, 5)]
    [InlineData(300, 16)]
    public void A_shared_table_has_the_logits_and_the_gradient_of_both_its_uses(int ids, int width)
    {
        const int Tokens = 4, Count = 3;
        var random = new RandomStream((ulong)ids);
        var embedding = new TokenEmbedding<float>(ids, Tokens, width, seed: 3);
        var head = new SharedLogits(embedding.OutputShape, embedding.Weight);
        var model = new Sequential<float>(("Embedding", embedding), ("Head", head));
        model.Allocate(Count, 2);
        Assert.Single(model.Parameters);
        (Activations<float> input, Activations<float> output, _) = Memory(model, Count);
        var gradient = new Activations<float>(Count, model.OutputShape);
        var factors = new float[Count][];
        for (int s = 0; s < Count; s++)
        {
            input.Set(s, [.. Enumerable.Range(0, Tokens).Select(t => (float)((7 * s + 5 * t) % 11))]);
            factors[s] = new float[Tokens * ids];
            for (int i = 0; i < factors[s].Length; i++)
            {
                factors[s][i] = (float)random.NextNormal();
            }

            gradient.Set(s, factors[s]);
        }

        model.Forward(input, output, new BatchInfo(Count));
        Assert.Equal(Dot(embedding.Weight, 12 % 11, 5), output.Row(1, 1)[5], 1e-5);
        model.Backward(input, gradient, null);
        foreach (int place in new[] { 0, width + 1, 10 * width - 1, (ids - 1) * width })
        {
            double slope = (Loss(place, 0.05f) - Loss(place, -0.05f)) / 0.1;
            Assert.Equal(slope, embedding.Weight.Gradient[place], 2e-3);
        }

        double Loss(int place, float shift)
        {
            float kept = embedding.Weight.Value[place];
            embedding.Weight.Value[place] += shift;
            model.Forward(input, output, new BatchInfo(Count));
            embedding.Weight.Value[place] = kept;
            return Enumerable.Range(0, Count).Sum(s => Read(output, s).Zip(factors[s], (y, c) => (double)y * c).Sum());
        }

        static double Dot(Parameter<float> table, int a, int b)
        {
            int width = table.Shape[1];
            return Enumerable.Range(0, width).Sum(d => (double)table.Value[a * width + d] * table.Value[b * width + d]);
        }
    }

    [Fact]
    public void A_model_has_the_same_parameters_at_every_length_and_with_every_token()
    {
        Assert.Equal(Shapes(256, Declarations.Selected), Shapes(4096, Declarations.Selected));
        Assert.Equal(Shapes(256, Declarations.Selected), Shapes(256, Declarations.Wide));

        static string[] Shapes(int tokens, Declarations declarations)
        {
            var sampler = new SimulatedAnnealingSampler();
            var model = new SequenceModel(AttentionKind.Declared, declarations, new InductionTask(tokens), 1, sampler);
            return [.. model.Network.Parameters.Select(p => $"{p.Name} {p.Parameter}")];
        }
    }

    private static (Activations<float> Input, Activations<float> Output, Activations<float> Gradient) Memory(
        Module<float> module, int count) =>
        (new(count, module.InputShape), new(count, module.OutputShape), new(count, module.InputShape));

    private static float[] Read(Activations<float> activations, int sample)
    {
        var values = new float[activations.Shape.Tokens * activations.Shape.Width];
        activations.Get(sample, values);
        return values;
    }
}
