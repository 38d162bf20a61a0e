using Qama.Layers;
using Qama.Numerics;
using Qama.Training.Modules;

namespace Qama.Examples.Language;

/// <summary>Draws characters from a trained model, one by one.</summary>
internal sealed class Generator
{
    private readonly LanguageModel _model;
    private readonly StreamedModel? _stream;
    private readonly Activations<float> _input;
    private readonly Activations<float> _output;
    private readonly List<int> _text = [];
    private readonly double _temperature;
    private RandomStream _random;

    /// <summary>Begins a text.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="stream">The same as a stream, which reads every character once; null to read the last window again for every
    /// character.</param>
    /// <param name="temperature">What logits are divided by.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="threads">Threads of a pass.</param>
    public Generator(LanguageModel model, StreamedModel? stream, double temperature, int seed, int threads)
    {
        (_model, _stream, _temperature, _random) = (model, stream, temperature, new RandomStream((ulong)seed));
        _input = new Activations<float>(1, model.Network.InputShape);
        _output = new Activations<float>(1, model.Network.OutputShape);
        if (stream is null)
        {
            model.Network.Mode = LayerMode.Evaluation;
            model.Network.Allocate(1, threads);
        }
    }

    /// <summary>Reads a character of the text, and draws the next.</summary>
    public int Next(int character) => Draw(_stream is null ? ReadWindow(character) : _stream.Read(character));

    // Characters behind the text are no matter: nothing reads what comes.
    private Span<float> ReadWindow(int character)
    {
        _text.Add(character);
        int count = Math.Min(_text.Count, _model.Tokens);
        for (int t = 0; t < count; t++)
        {
            _input.Row(0, t)[0] = _text[_text.Count - count + t];
        }

        _model.Network.Forward(_input, _output, new BatchInfo(1, 0, _text.Count - 1));
        return _output.Row(0, count - 1);
    }

    private int Draw(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        foreach (float logit in logits)
        {
            sum += Math.Exp((logit - largest) / _temperature);
        }

        double drawn = _random.NextDouble() * sum;
        int character = 0;
        while (character < logits.Length - 1 && (drawn -= Math.Exp((logits[character] - largest) / _temperature)) >= 0)
        {
            character++;
        }

        return character;
    }
}
