namespace Qama.Layers;

/// <content>What arguments of passes must be.</content>
public abstract partial class QuboAttentionLayer<T>
{
    private static void Check(ModelDescriptor descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(descriptor.ReadCount, 1, nameof(descriptor));
        if (descriptor.Temperature is double temperature && !(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentException($"Expected a positive, finite temperature or none, got {temperature}.", nameof(descriptor));
        }

        if (descriptor.Gradient.FaultIn(descriptor) is { } fault)
        {
            throw new ArgumentException(fault, nameof(descriptor));
        }

        if (descriptor.NormalizesFields && !descriptor.HasField)
        {
            throw new ArgumentException("A model without fields cannot normalise them.", nameof(descriptor));
        }

        if (descriptor.OutputStartsAtZero && !descriptor.NormalizesOutput)
        {
            throw new ArgumentException("Only a normalised output has a scale that can start at 0.", nameof(descriptor));
        }
    }

    private void RequireOwner(LayerWorkspace<T> workspace)
    {
        if (!ReferenceEquals(workspace.Owner, this))
        {
            throw new ArgumentException("The workspace was created by another layer.", nameof(workspace));
        }
    }

    private void RequireGradientLength(int length, int tokens, LayerWorkspace<T> workspace, string name)
    {
        int expected = workspace.Count * tokens * Model.EmbeddingDim;
        if (length != 0 && length != expected)
        {
            throw new ArgumentException($"Expected an input gradient of {expected} numbers or none, got {length}.", name);
        }
    }

    private static void RequireCounts(ReadOnlySpan<int> counts, int samples, int most, string name)
    {
        if (!counts.IsEmpty && counts.Length != samples)
        {
            throw new ArgumentException($"Expected {samples} token counts, got {counts.Length}.", name);
        }

        for (int s = 0; s < counts.Length; s++)
        {
            if (counts[s] < 0 || counts[s] > most)
            {
                throw new ArgumentException($"Sample {s}: expected a token count in 0..{most}, got {counts[s]}.", name);
            }
        }
    }

    // Keys and values of as many samples as queries are of.
    private void RequireKeys(int query, int key, int value)
    {
        RequireLength(key, nameof(key));
        RequireLength(value, nameof(value));

        void RequireLength(int length, string name)
        {
            if ((long)length * Model.Tokens != (long)query * Model.KeyTokens)
            {
                throw new ArgumentException(Model.HasOwnKeys
                    ? $"Expected {Model.KeyTokens} keys of width {Model.EmbeddingDim} for every {Model.Tokens} queries, got {length} numbers beside {query}."
                    : $"Expected {query} numbers like the query's, got {length}.", name);
            }
        }
    }

    private void RequireGradients(int query, int length, string name)
    {
        long expected = (long)query / Model.Tokens * Model.KeyTokens;
        if (length != expected)
        {
            throw new ArgumentException(
                $"Expected {expected} numbers {(Model.HasOwnKeys ? "beside those of the query" : "like the query's")}, got {length}.", name);
        }
    }
}
