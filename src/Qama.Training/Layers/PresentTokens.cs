using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>Says to a module how many tokens of each sample are present (<see cref="BatchInfo.TokenCounts"/>): all that are before the
/// padding, or the first ones. Put it around the whole model: [tokens, width] to what the model makes of it.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <remarks>Attention, declared or not, never looks at absent tokens, and <see cref="MeanPooling{T}"/> does not count them; other modules
/// treat tokens one by one, so what they make of absent ones reaches nobody.</remarks>
public sealed class PresentTokens<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Module<T> _model;
    private readonly int? _padding;
    private readonly int _tokens;
    private int[] _counts = [];

    private PresentTokens(Module<T> model, int? padding, int tokens)
        : base(model.InputShape, model.OutputShape)
    {
        (_model, _padding, _tokens) = (model, padding, tokens);
        (Parameters, Buffers) = (model.Parameters, model.Buffers);
    }

    /// <inheritdoc/>
    public override string Description =>
        $"{base.Description}, {(_padding is { } id ? $"before padding {id}" : $"the first {_tokens}")}\n{_model.Description}";

    /// <summary>The tokens before the padding at a sample's end; of a sample that is all padding the first.</summary>
    /// <param name="model">The model of tokens' numbers, [tokens, 1].</param>
    /// <param name="padding">The number of the padding token.</param>
    /// <exception cref="ArgumentException">The model's input is not one number per token.</exception>
    public static PresentTokens<T> BeforePadding(Module<T> model, int padding)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.InputShape.Width == 1
            ? new(model, padding, model.InputShape.Tokens)
            : throw new ArgumentException($"Expected a model of one number per token, got input shape {model.InputShape}.", nameof(model));
    }

    /// <summary>The first tokens of every sample, as many of each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">How many, 1 to the model's tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public static PresentTokens<T> First(Module<T> model, int tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, model.InputShape.Tokens);
        return new(model, null, tokens);
    }

    /// <inheritdoc/>
    public override string? FindFault(ReadOnlySpan<T> sample) => _model.FindFault(sample);

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        _counts = new int[Capacity];
        _counts.AsSpan().Fill(_tokens);
        _model.Allocate(Capacity, Threads);
    }

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        for (int s = 0; s < Count && _padding is not null; s++)
        {
            int present = _tokens;
            while (present > 1 && input.Row(s, present - 1)[0] == T.CreateTruncating(_padding.Value))
            {
                present--;
            }

            _counts[s] = present;
        }

        _model.Forward(input, output, batch with { TokenCounts = _counts.AsMemory(0, Count) });
    }

    /// <inheritdoc/>
    protected override void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient) =>
        _model.Backward(input, outputGradient, inputGradient);

    /// <inheritdoc/>
    protected override void OnModeChanged() => _model.Mode = Mode;
}
