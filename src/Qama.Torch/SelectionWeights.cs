using System.Numerics;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Problems;
using Qama.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>The weights with which queries read tokens, of selections that were found on the host or on a device.</summary>
/// <typeparam name="T">Element type of the layer.</typeparam>
internal sealed class SelectionWeights<T>(HostedLayer<T> host)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Lazy<long[]> _sources = new(() => Sources(host));

    private ModelDescriptor Model => host.Layer.Model;

    /// <summary>The mean over reads: [batch, heads, tokens] of one selection for all queries, [batch, heads, queries,
    /// keys] of selections per query; null of causal ones, which change from block to block.</summary>
    /// <param name="bits">[problems, reads, heads, candidates, bits]; null for those of the last native call.</param>
    /// <param name="like">An input of the call: type and device of the result.</param>
    /// <param name="options">The call's.</param>
    public Tensor? Read(Tensor? bits, Tensor like, CallOptions options)
    {
        if (Model.Scope == SelectionScope.Causal)
        {
            return null;
        }

        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        bits ??= HostBits(like.shape[0] * Model.ProblemsPerSample);
        Tensor weights = ReadoutTensors.Selection(bits.to(like.device), like.dtype).mean([3]);
        return (Model.Scope == SelectionScope.Query ? OfQueries(weights, like, options) : weights).MoveToOuterDisposeScope();
    }

    // From [problems of all samples, heads, candidates].
    private Tensor OfQueries(Tensor weights, Tensor like, CallOptions options)
    {
        (long batch, int heads) = (like.shape[0], Model.HeadCount);
        Tensor flat = weights.view(batch, Model.ProblemsPerSample, heads, Model.Problem.Tokens).transpose(1, 2)
            .reshape(batch, heads, Model.ProblemsPerSample * Model.Problem.Tokens);
        Tensor none = zeros([batch, heads, 1], like.dtype, like.device);
        Tensor all = cat([flat, none + 1, none], 2);
        Tensor pairs = all.index_select(2, tensor(_sources.Value, device: like.device))
            .view(batch, heads, Model.Tokens, Model.KeyTokens);
        Tensor queries = Present(options.Lengths, Model.Tokens).unsqueeze(1).unsqueeze(3);
        Tensor keys = Present(Model.HasOwnKeys ? options.KeyLengths : options.Lengths, Model.KeyTokens)
            .unsqueeze(1).unsqueeze(2);
        return pairs.masked_fill(queries.logical_and(keys).logical_not(), 0);

        Tensor Present(Tensor? lengths, int tokens) => lengths is null
            ? ones([1, tokens], ScalarType.Bool, like.device)
            : arange(tokens, device: like.device).lt(lengths.to(like.device).unsqueeze(1));
    }

    // Of a pair of query and key, its place among the weights of a sample's problems and the two numbers behind them, 1 and 0.
    private static long[] Sources(HostedLayer<T> host)
    {
        ModelDescriptor model = host.Layer.Model;
        int[,] candidates = host.FindCandidates();
        int count = model.ProblemsPerSample * model.Problem.Tokens;
        var sources = new long[candidates.Length];
        for (int k = 0; k < sources.Length; k++)
        {
            (int query, int key) = int.DivRem(k, model.KeyTokens);
            int candidate = candidates[query, key];
            sources[k] = candidate < 0 ? count - 1 - candidate : (query / model.QueryBlock * model.Problem.Tokens) + candidate;
        }

        return sources;
    }

    private Tensor HostBits(long problems)
    {
        SampleSet? samples = host.Samples;
        int reads = samples?.ReadCount ?? Model.ReadCount;
        long[] shape = [problems, reads, Model.HeadCount, Model.Problem.Tokens, Model.SelectionBits];
        Tensor bits = empty(shape, ScalarType.Bool, CPU);
        for (int k = 0; k < problems * reads; k++)
        {
            ReadOnlySpan<byte> state = samples!.State(k / reads, k % reads);
            state.CopyTo(bits.bytes[(k * state.Length)..]);
        }

        return bits;
    }
}
