using Qama.Layers;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Language;

/// <summary>
/// A trained model with causal selections that reads a text character by character: what it keeps of the text are the layers'
/// streams, of a size that does not grow where selections have a memory. Positions begin again after a window, whose length
/// is all that was trained.
/// </summary>
internal sealed class StreamedModel
{
    private readonly int _tokens;
    private readonly Parameter<float> _embedding;
    private readonly Parameter<float> _position;
    private readonly Block[] _blocks;
    private readonly Sequential<float> _head;
    private readonly Activations<float> _row = One(LanguageModel.Width);
    private readonly Activations<float> _attended = One(LanguageModel.Width);
    private readonly Activations<float> _next = One(LanguageModel.Width);
    private readonly Activations<float> _logits;

    /// <summary>Begins a text.</summary>
    /// <param name="model">The trained model; its parameters are copied, but not those of its declared layers, which must
    /// stay what they are.</param>
    /// <param name="sampler">What finds selections.</param>
    /// <exception cref="ArgumentException">The model's layers have no streams.</exception>
    public StreamedModel(LanguageModel model, ISampler sampler)
    {
        if (!model.Declared.Any() || model.Declared.Any(d => d.Layer.Model.Scope != SelectionScope.Causal))
        {
            throw new ArgumentException("Expected a model with causal selections: the others read whole windows.", nameof(model));
        }

        (_tokens, IsEndless) = (model.Tokens, model.Declared.All(d => d.Layer.Model.KeptTokens > 0));
        IReadOnlyList<NamedParameter<float>> all = model.Network.Parameters;
        _embedding = all.First(p => p.Name.StartsWith("Embedding.", StringComparison.Ordinal)).Parameter;
        _position = all.First(p => p.Name.StartsWith("Position.", StringComparison.Ordinal)).Parameter;
        var one = new TokenShape(1, LanguageModel.Width);
        _blocks = [.. model.Declared.Select((declared, layer) => new Block(
            declared.Layer.CreateStream(sampler), Filled(new Linear<float>(one, LanguageModel.Width, 0, bias: false), $"Attention{layer}.Output."),
            Filled(new Residual<float>(new FeedForward<float>(one, LanguageModel.Hidden, 0)), $"FeedForward{layer}.")))];
        _head = Filled(
            new Sequential<float>(("Norm", new LayerNormalization<float>(one)), ("Head", new Linear<float>(one, model.Vocabulary, 0, bias: false))), "");
        _logits = One(model.Vocabulary);

        TModule Filled<TModule>(TModule module, string names)
            where TModule : Module<float>
        {
            LanguageModel.Copy(all, module.Parameters, names);
            module.Mode = LayerMode.Evaluation;
            module.Allocate(1, 1);
            return module;
        }
    }

    /// <summary>Characters read so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a text may be longer than a window: not where all that was selected stays.</summary>
    public bool IsEndless { get; }

    /// <summary>Bytes that have to be kept to go on: what the streams write when they are saved.</summary>
    public long StateBytes
    {
        get
        {
            using var file = new MemoryStream();
            foreach (Block block in _blocks)
            {
                block.Stream.Save(file);
            }

            return file.Length;
        }
    }

    /// <summary>Reads a character; the logits of the next one, until the next call.</summary>
    public ReadOnlySpan<float> Read(int character)
    {
        int width = LanguageModel.Width;
        Span<float> row = _row.Row(0, 0);
        ReadOnlySpan<float> vector = _embedding.Value.Slice(character * width, width);
        ReadOnlySpan<float> place = _position.Value.Slice(Count % _tokens * width, width);
        for (int c = 0; c < width; c++)
        {
            row[c] = vector[c] + place[c];
        }

        foreach (Block block in _blocks)
        {
            block.Stream.Append(row, _attended.Row(0, 0));
            block.Output.Forward(_attended, _next, new BatchInfo(1));
            Span<float> change = _next.Row(0, 0);
            for (int c = 0; c < width; c++)
            {
                row[c] += change[c];
            }

            block.FeedForward.Forward(_row, _next, new BatchInfo(1));
            _next.Row(0, 0).CopyTo(row);
        }

        Count++;
        _head.Forward(_row, _logits, new BatchInfo(1));
        return _logits.Row(0, 0);
    }

    private static Activations<float> One(int width) => new(1, new TokenShape(1, width));

    private sealed record Block(TokenStream<float> Stream, Module<float> Output, Module<float> FeedForward);
}
