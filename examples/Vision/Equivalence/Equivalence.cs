using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Vision;

/// <summary>Runs images through a trained softmax model and through declared layers with its parameters, and compares.</summary>
internal sealed class Equivalence
{
    private const int Heads = VisionTransformer.Heads;
    private const int Reads = 64;
    private static readonly int _tokens = LabelledImages.Shape.Tokens;

    /// <summary>Layers that select k keys for every query, by k.</summary>
    public static readonly IReadOnlyList<(int Keys, Func<long, QuboAttentionLayer<float>> Create)> Selections =
    [
        (1, s => new Keys1(s)), (2, s => new Keys2(s)), (4, s => new Keys4(s)), (8, s => new Keys8(s)), (16, s => new Keys16(s)),
        (32, s => new Keys32(s)), (49, s => new Keys49(s)),
    ];

    /// <summary>Layers of marginals, by the number of keys; 0 for any.</summary>
    public static readonly IReadOnlyList<(int Keys, Func<long, QuboAttentionLayer<float>> Create)> Distributions =
        [(1, s => new MarginalsOfOne(s)), (8, s => new MarginalsOfEight(s)), (0, s => new MarginalsOfAny(s))];

    private readonly EquivalentModel _softmax;
    private readonly Dataset<float> _data;
    private readonly ISampler _sampler;
    private readonly CancellationToken _stop;
    private readonly float[][] _scores;
    private readonly double[][] _weights;

    /// <summary>Runs the softmax model.</summary>
    /// <param name="softmax">The trained model.</param>
    /// <param name="data">The images.</param>
    /// <param name="sampler">What finds selections.</param>
    /// <param name="stop">Ends the computation.</param>
    public Equivalence(EquivalentModel softmax, Dataset<float> data, ISampler sampler, CancellationToken stop)
    {
        (_softmax, _data, _sampler, _stop) = (softmax, data, sampler, stop);
        (_scores, _weights) = (new float[data.Count][], new double[data.Count][]);
        Run(softmax, (image, place) =>
        {
            _scores[image] = softmax.Scores.Row(place, 0).ToArray();
            _weights[image] = [.. Enumerable.Range(0, Heads * _tokens * _tokens).Select(n =>
                (double)softmax.Heads.Probability(place, n / _tokens / _tokens, n / _tokens % _tokens, n % _tokens))];
        });
    }

    /// <summary>Accuracy of the softmax model.</summary>
    public double Accuracy => Share(i => Class(_scores[i]) == _data.Label(i));

    /// <summary>Softmax weights of an image, [heads, queries, keys].</summary>
    public ReadOnlySpan<double> Weights(int image) => _weights[image];

    /// <summary>Attention over k selected keys.</summary>
    /// <param name="keys">k.</param>
    /// <param name="create">The layer.</param>
    /// <param name="watch">Told the selection of every image, [queries, heads, keys]; may be null.</param>
    public KeysRow Compare(int keys, Func<long, QuboAttentionLayer<float>> create, Action<int, byte[]>? watch = null)
    {
        EquivalentModel model = _softmax.With(create, _sampler);
        var scores = new float[_data.Count][];
        (double mass, double largest, double difference) = (0, 0, 0);
        Run(model, (image, place) =>
        {
            scores[image] = model.Scores.Row(place, 0).ToArray();
            difference += Difference(scores[image], _scores[image]);
            byte[] selected = [.. Enumerable.Range(0, _tokens).SelectMany(q => States(model, place, q, 0))];
            watch?.Invoke(image, selected);
            for (int h = 0; h < Heads; h++)
            {
                for (int q = 0; q < _tokens; q++)
                {
                    double[] weights = Row(image, h, q);
                    mass += weights.Where((_, j) => selected[(((q * Heads) + h) * _tokens) + j] != 0).Sum();
                    largest += weights.OrderDescending().Take(keys).Sum();
                }
            }
        });
        double rows = _data.Count * Heads * _tokens;
        return new KeysRow(
            keys, Share(i => Class(scores[i]) == _data.Label(i)), Share(i => Class(scores[i]) == Class(_scores[i])), difference / _data.Count,
            mass / rows, largest / rows);
    }

    /// <summary>Marginals at temperature 1 against softmax weights.</summary>
    /// <param name="keys">Keys of a sample; 0 for any number.</param>
    /// <param name="create">The layer.</param>
    public MarginalsRow Correlate(int keys, Func<long, QuboAttentionLayer<float>> create)
    {
        EquivalentModel model = _softmax.With(create, _sampler);
        var random = new RandomStream(1);
        (double correlation, double distance, double ofDraws, double selected) = (0, 0, 0, 0);
        var marginals = new double[_tokens];
        Run(model, (image, place) =>
        {
            for (int q = 0; q < _tokens; q++)
            {
                for (int h = 0; h < Heads; h++)
                {
                    Array.Clear(marginals);
                    for (int read = 0; read < Reads; read++)
                    {
                        ReadOnlySpan<byte> state = model.Declared.Samples.State((place * _tokens) + q, read).Slice(h * _tokens, _tokens);
                        for (int j = 0; j < _tokens; j++)
                        {
                            marginals[j] += state[j] / (double)Reads;
                        }
                    }

                    double[] weights = Row(image, h, q);
                    selected += marginals.Sum();
                    correlation += Statistics.Correlation(marginals, weights);
                    distance += Statistics.Distance(marginals, weights);
                    ofDraws += Statistics.Distance(Statistics.Draw(weights, Reads, ref random), weights);
                }
            }
        });
        double rows = _data.Count * Heads * _tokens;
        return new MarginalsRow(keys, Reads, correlation / rows, distance / rows, ofDraws / rows, selected / rows);
    }

    private static byte[] States(EquivalentModel model, int place, int query, int read) =>
        model.Declared.Samples.State((place * _tokens) + query, read).ToArray();

    private double[] Row(int image, int head, int query) =>
        _weights[image][(((head * _tokens) + query) * _tokens)..((((head * _tokens) + query) + 1) * _tokens)];

    private static int Class(float[] scores) => Array.IndexOf(scores, scores.Max());

    private static double Difference(float[] scores, float[] expected) =>
        Math.Sqrt(scores.Zip(expected, (a, b) => (a - b) * (double)(a - b)).Sum() / expected.Sum(e => (double)e * e));

    private double Share(Func<int, bool> holds) => Enumerable.Range(0, _data.Count).Count(holds) / (double)_data.Count;

    private void Run(EquivalentModel model, Action<int, int> image)
    {
        var input = new Activations<float>(model.Capacity, _data.Shape);
        for (int first = 0; first < _data.Count; first += model.Capacity)
        {
            _stop.ThrowIfCancellationRequested();
            int count = Math.Min(model.Capacity, _data.Count - first);
            for (int s = 0; s < count; s++)
            {
                input.Set(s, _data.Values(first + s));
            }

            model.Forward(input, count, first);
            for (int s = 0; s < count; s++)
            {
                image(first + s, s);
            }
        }
    }
}
