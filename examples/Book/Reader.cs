using Qama.Examples.Common;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Examples.Book;

/// <summary>An attention layer and a classifier of the question's token, trained on pages.</summary>
internal sealed class Reader
{
    /// <summary>Tokens of a page.</summary>
    public const int PageTokens = PageAttention.Tokens;

    private const int SentencesOfPage = 4;
    private const int TestPages = 500;

    private readonly Module<float> _network;
    private readonly Linear<float> _classifier;

    private Reader(Module<float> attention, long seed)
    {
        Attention = attention;
        _classifier = new Linear<float>(new TokenShape(1, attention.OutputShape.Width), Library.Colours.Count, seed + 1);
        _network = new Sequential<float>(
            ("Attention", attention), ("Question", new QuestionToken(attention.OutputShape)), ("Classifier", _classifier));
    }

    /// <summary>The attention layer.</summary>
    public Module<float> Attention { get; }

    /// <summary>A reader whose heads select.</summary>
    public static Reader Selecting(long seed, int threads) => new(
        new QuboAttentionModule<float>(new PageAttention(seed), new SimulatedAnnealingSampler { Sweeps = 20, Threads = threads }), seed);

    /// <summary>A reader with softmax attention, as many heads of the same width.</summary>
    public static Reader Softmax(long seed) => new(
        new SoftmaxAttention<float>(
            new TokenShape(PageTokens, WordVectors.Width), PageAttention.HeadCount, PageAttention.HeadDim, seed), seed);

    /// <summary>Trains on pages, and answers questions about others.</summary>
    /// <returns>Share of right answers.</returns>
    public double Train(string name, Library library, Settings settings, CancellationToken stop)
    {
        var trainer = new Trainer<float>(_network, new TrainerOptions
        {
            Epochs = settings.Epochs, BatchSize = 32, LearningRate = LearningRate.Cosine(3e-3, warmUp: 0.1), MaxGradientNorm = 1,
            Seed = settings.Seed, Threads = settings.Threads,
        });
        WorkBar.Fit(trainer, name, Pages(library, settings.Pages, settings.Seed), stop);
        return trainer.Evaluate(Pages(library, TestPages, settings.Seed + settings.Pages)).Accuracy;
    }

    /// <summary>The answer that follows from the question's output.</summary>
    /// <param name="output">Of the attention layer, [heads · dim].</param>
    public int Classify(ReadOnlySpan<float> output)
    {
        int best = 0;
        float largest = float.NegativeInfinity;
        ReadOnlySpan<float> weights = Parameter("Weight"), bias = Parameter("Bias");
        for (int c = 0; c < Library.Colours.Count; c++)
        {
            float score = bias[c];
            for (int d = 0; d < output.Length; d++)
            {
                score += weights[(c * output.Length) + d] * output[d];
            }

            (best, largest) = score > largest ? (c, score) : (best, largest);
        }

        return best;
    }

    private ReadOnlySpan<float> Parameter(string name) => _classifier.Parameters.Single(p => p.Name == name).Parameter.Value;

    private static Dataset<float> Pages(Library library, int count, int firstSeed)
    {
        int length = PageTokens * WordVectors.Width;
        var values = new float[count * length];
        var labels = new int[count];
        for (int p = 0; p < count; p++)
        {
            Reading page = library.Read(PageTokens, SentencesOfPage, firstSeed + p);
            page.Tokens().CopyTo(values, p * length);
            labels[p] = page.Answer;
        }

        return new Dataset<float>(new TokenShape(PageTokens, WordVectors.Width), values, labels);
    }
}
