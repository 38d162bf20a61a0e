using Qama.Examples.Digits;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Recall;

/// <summary>One of the three models that are compared: an embedding, attention or none, and a classifier that reads the question
/// and the mean of all tokens.</summary>
internal sealed class RecallModel
{
    /// <summary>The models, by what stands where attention does.</summary>
    public static readonly IReadOnlyList<string> Names = ["qama", "softmax", "none"];

    public const int Heads = CardAttention.HeadCount;
    private const int Width = CardAttention.EmbeddingDim;

    private readonly QuboAttentionModule<float>? _declared;
    private readonly SoftmaxAttention<float>? _softmax;

    /// <summary>Builds a model; all that the three have in common starts with the same values.</summary>
    public RecallModel(string name, long seed, int threads)
    {
        Name = name;
        var tokens = new TokenShape(CardAttention.Tokens, Width);
        var read = new TokenShape(1, 2 * Width);
        var parts = new List<(string, Module<float>)> { ("Embedding", new Linear<float>(CardTables.Shape, Width, seed)) };
        if (name == "qama")
        {
            _declared = new QuboAttentionModule<float>(
                new CardAttention(seed + 10), new SimulatedAnnealingSampler { Sweeps = 20, Threads = threads });
            parts.Add(("Attention", new Residual<float>(_declared)));
        }
        else if (name == "softmax")
        {
            _softmax = new SoftmaxAttention<float>(tokens, Heads, Width / Heads, seed + 10);
            parts.Add(("Attention", new Residual<float>(_softmax)));
        }

        parts.Add(("Read", new QuestionAndMean(tokens)));
        parts.Add(("FeedForward", new Residual<float>(new FeedForward<float>(read, 2 * Width, seed + 1))));
        parts.Add(("Norm", new LayerNormalization<float>(read)));
        parts.Add(("Head", new Linear<float>(read, DigitImages.Classes, seed + 2)));
        Network = new Sequential<float>([.. parts]);
    }

    public string Name { get; }

    public Module<float> Network { get; }

    /// <summary>Whether heads select tokens.</summary>
    public bool Selects => _declared is not null;

    /// <summary>Whether there is attention at all.</summary>
    public bool Attends => _declared is not null || _softmax is not null;

    /// <summary>How much a head uses a token for the question, in a sample of the last batch, 0 to 1: whether it selects the token,
    /// or softmax attention's probability.</summary>
    public double Weight(int sample, int head, int token) => _declared is not null
        ? _declared.Samples.State(sample)[head * CardAttention.Tokens + token]
        : _softmax!.Heads.Probability(sample, head, CardAttention.Question, token);
}
