using System.ComponentModel;
using System.Numerics;
using Qama.Contract;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Hosting;

/// <summary>
/// A layer inside a library that owns the parameters and calls backward when it likes: what generated adapters such as
/// <c>TorchModule</c> do their work with. Each pass takes the parameters' values of its own forward call along, so several passes may be
/// under way before the first backward call, and parameters may change in between.
/// </summary>
/// <typeparam name="T">Element type of the layer.</typeparam>
/// <remarks>Thread-safe; passes of one layer run one at a time.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class HostedLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Lock _lock = new();
    private readonly List<HostedMemory<T>> _idle = [];
    private Exception? _failure;

    /// <summary>Hosts a layer.</summary>
    /// <param name="layer">The layer: its parameters' values and gradients are overwritten by every pass.</param>
    /// <param name="sampler">What finds selections where a pass does not say otherwise.</param>
    public HostedLayer(QuboAttentionLayer<T> layer, ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Layer = layer;
        Sampler = sampler;
        Key = new SamplingKey(layer.Seed);
    }

    /// <summary>The layer that passes run on.</summary>
    public QuboAttentionLayer<T> Layer { get; }

    /// <summary>What finds selections.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ISampler Sampler
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>What the next pass's random numbers depend on. A pass in training mode moves it on by one step.</summary>
    public SamplingKey Key { get; set; }

    /// <summary>What the last forward pass found; overwritten by a later one. Null before the first.</summary>
    public SampleSet? Samples { get; private set; }

    /// <summary>The pairs of tokens that may have a coupling, [tokens, tokens]: all that no mask takes out, no token with itself. A
    /// new array.</summary>
    public bool[,] FindFreePairs()
    {
        int tokens = Layer.Model.Tokens;
        T[] padded = Layer.FreePairs();
        var pairs = new bool[tokens, tokens];
        for (int i = 0; i < tokens; i++)
        {
            for (int j = 0; j < tokens; j++)
            {
                pairs[i, j] = padded[i * (padded.Length / tokens) + j] != T.Zero;
            }
        }

        return pairs;
    }

    /// <summary>By what every query reads every key where selections are per query, [queries, keys]: the number of the candidate in the
    /// query's problem; −1 where the query sees the key and no selection holds it, −2 where it does not see it. A new array.</summary>
    public int[,] FindCandidates()
    {
        QueryShape shape = Layer.Model.Queries;
        var candidates = new int[shape.Queries, shape.Keys];
        for (int i = 0; i < shape.Queries; i++)
        {
            (int firstUnit, int endUnit) = shape.UnitsOf(i / shape.Block);
            (int firstKey, int endKey) = shape.KeysOf(firstUnit, endUnit);
            (int firstSeen, int endSeen) = shape.KeysSeenBy(i);
            for (int j = 0; j < shape.Keys; j++)
            {
                candidates[i, j] = j >= firstKey && j < endKey ? (j / shape.Unit) - firstUnit
                    : j >= firstSeen && j < endSeen ? -1 : -2;
            }
        }

        return candidates;
    }

    /// <summary>Begins a pass: fill its <see cref="HostedPass{T}.Parameter"/> and <see cref="HostedPass{T}.Buffer"/> and call its forward.</summary>
    /// <param name="batch">Number of samples, at least 1.</param>
    /// <param name="mode">Training or evaluation.</param>
    /// <param name="sampler">What finds this pass's selections; null for <see cref="Sampler"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty.</exception>
    /// <exception cref="InvalidOperationException">A backward pass failed since the last call; the inner exception says why.</exception>
    public HostedPass<T> Begin(int batch, LayerMode mode, ISampler? sampler = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            throw new InvalidOperationException(
                "A backward pass of this layer failed, and its gradients were NaN or missing: see the inner exception.", failure);
        }

        return Begin(batch, mode, sampler ?? Sampler, isAgain: false);
    }

    /// <summary>Begins a pass that an earlier one is repeated in, when its own memory serves another by now: <see cref="Key"/>,
    /// <see cref="Samples"/> and a kept failure stay as they are. What its backward pass solves again is solved as the earlier one's
    /// is: by its sampler, with its random numbers.</summary>
    /// <param name="earlier">The earlier pass.</param>
    /// <param name="selections">What replays its selections: <see cref="HostedPass{T}.KeepSelections"/>.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public HostedPass<T> BeginAgain(HostedPass<T> earlier, ISampler selections)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(selections);
        HostedPass<T> pass = Begin(earlier.TokenCounts.Length, earlier.Mode, earlier.Sampler, isAgain: true);
        (pass.Selections, pass.Key) = (selections, earlier.Key);
        return pass;
    }

    private HostedPass<T> Begin(int batch, LayerMode mode, ISampler sampler, bool isAgain)
    {
        lock (_lock)
        {
            int found = _idle.FindIndex(m => m.Workspace.Capacity >= batch);
            HostedMemory<T> memory;
            if (found >= 0)
            {
                memory = _idle[found];
                _idle.RemoveAt(found);
            }
            else
            {
                // What is too small now is too small for the batches to come.
                _idle.Clear();
                memory = new HostedMemory<T>(Layer, batch);
            }

            var pass = new HostedPass<T>(this, memory, batch, mode, sampler, isAgain);
            memory.Holder = pass;
            return pass;
        }
    }

    /// <summary>Keeps an exception that the host must not see, the first one, for the next <see cref="Begin(int, LayerMode, ISampler)"/>
    /// to throw.</summary>
    /// <param name="exception">What went wrong.</param>
    public void Fail(Exception exception) => Interlocked.CompareExchange(ref _failure, exception, null);

    internal void Forward(
        HostedPass<T> pass, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output, bool shared)
    {
        lock (_lock)
        {
            HostedMemory<T> memory = pass.RequireMemory();
            memory.Load(Layer);
            Layer.Mode = pass.Mode;
            pass.Key = pass.IsAgain ? pass.Key : Key;
            memory.Workspace.Key = pass.Key;
            ISampler sampler = pass.Selections ?? pass.Sampler;
            if (shared)
            {
                Layer.Forward(query, output, memory.Workspace, sampler, pass.TokenCounts);
            }
            else
            {
                Layer.Forward(query, key, value, output, memory.Workspace, sampler, pass.TokenCounts, pass.KeyTokenCounts);
            }

            memory.Workspace.Sampler = pass.Sampler;
            memory.TakeBuffers(Layer);
            if (!pass.IsAgain)
            {
                Samples = memory.Workspace.Samples;
                Key = pass.Mode == LayerMode.Training ? Key with { Step = Key.Step + 1 } : Key;
            }
        }
    }

    internal void Backward(
        HostedPass<T> pass, ReadOnlySpan<T> outputGradient, Span<T> query, Span<T> key, Span<T> value, bool shared)
    {
        lock (_lock)
        {
            HostedMemory<T> memory = pass.RequireMemory();
            memory.Load(Layer);
            Layer.Parameters.ZeroGradients();
            if (shared)
            {
                Layer.Backward(outputGradient, query, memory.Workspace);
            }
            else
            {
                Layer.Backward(outputGradient, query, key, value, memory.Workspace);
            }

            memory.TakeGradients(Layer);
        }
    }

    internal bool TryHold(HostedMemory<T> memory, HostedPass<T> pass)
    {
        lock (_lock)
        {
            bool has = ReferenceEquals(memory.Holder, pass);
            if (has)
            {
                _idle.Remove(memory);
            }

            return has;
        }
    }

    internal void Release(HostedMemory<T> memory)
    {
        lock (_lock)
        {
            if (!_idle.Contains(memory))
            {
                _idle.Add(memory);
            }
        }
    }
}
