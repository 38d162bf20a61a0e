using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers;

/// <content>Sequences that are read as they come.</content>
public abstract partial class QuboAttentionLayer<T>
{
    /// <summary>Starts a sequence whose tokens are appended as they come.</summary>
    /// <param name="sampler">What finds selections.</param>
    /// <param name="key">What random numbers depend on, as those of a pass: its first sample is this sequence. By default the layer's
    /// seed.</param>
    /// <exception cref="NotSupportedException">The layer's selections are not causal (<see cref="SelectionScope.Causal"/>): they are made of
    /// whole sequences.</exception>
    public TokenStream<T> CreateStream(ISampler sampler, SamplingKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        if (Model.Scope != SelectionScope.Causal)
        {
            throw new NotSupportedException(
                $"{Model.Name} selects per {Model.Scope}, of whole sequences: declare [Select(Per = SelectionScope.Causal, Block = ...)].");
        }

        return new TokenStream<T>(this, sampler, key ?? new SamplingKey(Seed), CreateProblems);
    }

    /// <summary>Goes on with a sequence that <see cref="TokenStream{T}.Save"/> wrote.</summary>
    /// <param name="source">What it wrote.</param>
    /// <param name="sampler">What finds selections.</param>
    /// <exception cref="NotSupportedException">The layer's selections are not causal.</exception>
    /// <exception cref="ArgumentException">The source cannot be read.</exception>
    /// <exception cref="InvalidDataException">The source is no saved stream, is cut off or damaged, of another version, or of a layer of
    /// another declaration or other parameters; the message says which.</exception>
    public TokenStream<T> RestoreStream(Stream source, ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.CanRead)
        {
            throw new ArgumentException("Expected a stream that can be read.", nameof(source));
        }

        TokenStream<T> stream = CreateStream(sampler);
        stream.Restore(source);
        return stream;
    }
}
