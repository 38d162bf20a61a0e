using System.Numerics;
using Qama.Layers;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>A trainable vector for every token of a vocabulary: [tokens, 1], the tokens' numbers, to [tokens, width]. Vectors
/// are normal with deviation 0.02 at first, as GPT-2's.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <remarks>Gradients are added token after token in their order, so results do not depend on threads. There is none of the
/// input.</remarks>
public sealed class TokenEmbedding<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Parameter<T> _weight;
    private readonly int _vocabulary;
    private readonly T[] _sample;
    private int[] _ids = [];

    /// <summary>Creates the table.</summary>
    /// <param name="vocabulary">Number of different tokens, at least 1.</param>
    /// <param name="tokens">Tokens of a sample, at least 1.</param>
    /// <param name="width">Width of a vector, at least 1.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public TokenEmbedding(int vocabulary, int tokens, int width, long seed)
        : base(new TokenShape(tokens, 1), new TokenShape(tokens, width))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        _vocabulary = vocabulary;
        _sample = new T[tokens];
        _weight = new Parameter<T>("Weight", vocabulary, width);
        Initialization.Normal(_weight, 0.02, seed);
        Parameters = NamedParameter<T>.Of(_weight);
    }

    /// <summary>The table, [vocabulary, width].</summary>
    public Parameter<T> Weight => _weight;

    /// <inheritdoc/>
    public override string? FindFault(ReadOnlySpan<T> sample)
    {
        for (int t = 0; t < sample.Length; t++)
        {
            // Written so that NaN fails.
            if (!(sample[t] >= T.Zero && sample[t] < T.CreateTruncating(_vocabulary) && T.IsInteger(sample[t])))
            {
                return FormattableString.Invariant(
                    $"token {t}: expected a whole number in 0..{_vocabulary - 1}, got {double.CreateTruncating(sample[t])}.");
            }
        }

        return null;
    }

    /// <inheritdoc/>
    protected override void AllocateCore() => _ids = new int[checked(Capacity * InputShape.Tokens)];

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        int tokens = InputShape.Tokens, width = OutputShape.Width;
        for (int s = 0; s < Count; s++)
        {
            input.Get(s, _sample);
            if (FindFault(_sample) is { } fault)
            {
                throw new ArgumentException($"Sample {s}, {fault}", nameof(input));
            }

            for (int t = 0; t < tokens; t++)
            {
                _ids[s * tokens + t] = int.CreateTruncating(_sample[t]);
            }
        }

        for (int s = 0; s < Count; s++)
        {
            for (int t = 0; t < tokens; t++)
            {
                _weight.Value.Slice(_ids[s * tokens + t] * width, width).CopyTo(output.Row(s, t));
            }
        }
    }

    /// <inheritdoc/>
    protected override void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        int tokens = InputShape.Tokens, width = OutputShape.Width;
        for (int s = 0; s < Count; s++)
        {
            inputGradient?.Sample(s).Clear();
            for (int t = 0; t < tokens; t++)
            {
                Rows.AddScaled(
                    T.One, outputGradient.Row(s, t), _weight.Gradient.Slice(_ids[s * tokens + t] * width, width));
            }
        }
    }
}
