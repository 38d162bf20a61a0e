using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Sampling;

namespace Qama.Layers;

/// <summary>
/// A quantum-annealing attention layer: the base class of every declared model. Inputs are normalised and projected, the
/// generated kernels turn them into couplings and fields, a sampler finds a low-energy selection for every sample of the
/// batch, and the readout makes the output. The gradient treats the selection as constant (arXiv 2504.11083: the energy is
/// the gradient's only path) unless <see cref="ModelDescriptor.Gradient"/> says otherwise.
/// </summary>
/// <typeparam name="T">Element type: float; double where a model is emitted in double for verification.</typeparam>
/// <remarks>Results do not depend on threads. Samples of a batch are independent, so they do not depend on how a batch is
/// split either; batch normalisation in training mode is the exception.</remarks>
public abstract partial class QuboAttentionLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private LayerMode _mode = LayerMode.Training;

    /// <summary>Creates the layer's parameters and initialises them.</summary>
    /// <param name="descriptor">The model.</param>
    /// <param name="seed">Seed of the initial values, and of sampling unless a workspace says otherwise.</param>
    /// <exception cref="ArgumentException">The descriptor contradicts itself.</exception>
    protected QuboAttentionLayer(ModelDescriptor descriptor, long seed)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Check(descriptor);
        Model = descriptor;
        Seed = seed;
        _temperatureFrom = descriptor.TemperatureFrom;
        InputStage = new InputStage<T>(descriptor);
        Learnables = [.. descriptor.Learnables.Select(l => new Parameter<T>(l.Name, l.Shape))];
        LearnedCoupling = CreateLearnedCoupling(descriptor);
        CouplingNorm = descriptor.NormalizesCouplings ? new HeadNorm<T>(nameof(CouplingNorm), descriptor.HeadCount) : null;
        FieldNorm = descriptor.NormalizesFields ? new HeadNorm<T>(nameof(FieldNorm), descriptor.HeadCount) : null;
        OutputNorm = descriptor.NormalizesOutput ? new HeadNorm<T>(nameof(OutputNorm), descriptor.HeadCount) : null;
        if (descriptor.OutputStartsAtZero)
        {
            OutputNorm!.Scale.Value.Clear();
        }

        HeadNorm<T>[] norms = [.. new[] { CouplingNorm, FieldNorm, OutputNorm }.OfType<HeadNorm<T>>()];
        Parameters = new ParameterCollection<T>(
            [.. InputStage.Parameters, .. Learnables, .. new[] { LearnedCoupling }.OfType<Parameter<T>>(), .. norms.SelectMany(n => new[] { n.Scale, n.Shift })]);
        Buffers = new ParameterCollection<T>([.. norms.SelectMany(n => new[] { n.RunningMean, n.RunningVariance })]);
        Initialise();
    }

    /// <summary>What the model is.</summary>
    public ModelDescriptor Model { get; }

    /// <summary>The parameters: norms of query, key and value, projections ([out, in]), then the energy's own
    /// and the learned coupling, then scale and shift of each batch normalisation (<c>CouplingNorm.Weight</c>, <c>CouplingNorm.Bias</c>, <c>FieldNorm.*</c>,
    /// <c>OutputNorm.*</c>, [heads]).</summary>
    public ParameterCollection<T> Parameters { get; }

    /// <summary>What training records besides the parameters: <c>RunningMean</c> and <c>RunningVariance</c> of each batch
    /// normalisation, [heads]. Not trained (gradients stay 0), but part of a saved model.</summary>
    /// <remarks>A forward pass in training mode writes them when it ends; one that fails or is cancelled does not.</remarks>
    public ParameterCollection<T> Buffers { get; }

    /// <summary>The seed the layer was made with.</summary>
    public long Seed { get; }

    /// <summary>What the layer computes besides what parameters and buffers say, as lines of text: everything in the
    /// declaration that decides results, and the seed.</summary>
    public string Description => DescriptorText.Write<T>(Model, Seed, Model.CouplingFactor is null && Model.Scope != SelectionScope.Causal ? FreePairs() : []);

    /// <summary>Training (initially) or evaluation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a mode.</exception>
    public LayerMode Mode
    {
        get => _mode;
        set => _mode = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected Training or Evaluation.");
    }

    internal InputStage<T> InputStage { get; }

    internal HeadNorm<T>? CouplingNorm { get; }

    internal HeadNorm<T>? FieldNorm { get; }

    internal HeadNorm<T>? OutputNorm { get; }

    internal bool NormalizesCoefficients => CouplingNorm is not null || FieldNorm is not null;

    internal int KernelScratch => ScratchLength;

    /// <summary>The energy's own parameters, in the descriptor's order.</summary>
    protected IReadOnlyList<Parameter<T>> Learnables { get; }

    /// <summary>Scratch elements the generated kernels need.</summary>
    protected abstract int ScratchLength { get; }

    /// <summary>1 for pairs of tokens that may have a coupling, 0 for masked ones, [tokens, stride]; empty for no mask.</summary>
    protected virtual ReadOnlySpan<T> PairMask => default;

    /// <summary>Allocates the memory of passes over batches of up to <paramref name="batch"/> samples.</summary>
    /// <param name="batch">Largest batch, at least 1.</param>
    /// <param name="threads">Threads for the layer's own stages; 0 for all processors. (A sampler has its own setting.)</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or the batch so large that its numbers fit
    /// into no array.</exception>
    public LayerWorkspace<T> CreateWorkspace(int batch, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        try
        {
            return new LayerWorkspace<T>(this, batch, threads == 0 ? WorkerPool.DefaultWorkers : threads, CreateProblems);
        }
        catch (OverflowException)
        {
            throw new ArgumentOutOfRangeException(
                nameof(batch), batch, $"The numbers of such a batch of {Model.Name} fit into no array.");
        }
    }

    /// <summary>Bytes that a workspace takes, within a few KiB; what samplers work on comes besides (<see cref="Problems.ProblemBatch.ScratchLength"/>
    /// floats per thread of a simulated annealing sampler).</summary>
    /// <param name="batch">Largest batch, at least 1.</param>
    /// <param name="threads">Threads for the layer's own stages; 0 for all processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public long WorkspaceBytes(int batch, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return WorkspaceSize.Of<T>(Model, KernelScratch, batch, threads == 0 ? WorkerPool.DefaultWorkers : threads);
    }

    /// <summary>Computes the layer's output for a batch; query, key and value share one input.</summary>
    /// <param name="input">[batch, tokens, EmbeddingDim].</param>
    /// <param name="output">Receives [batch, tokens, HeadCount·HeadDim].</param>
    /// <param name="workspace">A workspace of this layer; its capacity bounds the batch.</param>
    /// <param name="sampler">What finds the selection.</param>
    /// <param name="tokenCounts">Tokens present in each sample, [batch]; empty for all. Tokens beyond are padding: never
    /// selected, output 0, no gradient.</param>
    /// <exception cref="ArgumentException">A length does not match the model, or the workspace belongs to another layer.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite, or the statistics of a
    /// batch in training mode are or would make the running ones so; the message names the sample. Parameters and
    /// running statistics are unchanged.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation at the declared temperature and the sampler cannot draw at one.</exception>
    /// <remarks>Blocks until the sampler has answered; for a machine use <see cref="ForwardAsync(ReadOnlyMemory{T}, Memory{T}, LayerWorkspace{T}, ISampler, ReadOnlyMemory{int}, CancellationToken)"/>.</remarks>
    public void Forward(
        ReadOnlySpan<T> input, Span<T> output, LayerWorkspace<T> workspace, ISampler sampler,
        ReadOnlySpan<int> tokenCounts = default)
    {
        Prepare(input.Length, output.Length, workspace, sampler, tokenCounts, default, sharedInput: true);
        Solve(input, input, input, workspace);
        Wait(workspace.Pass.SampleAsync(sampler));
        Read(output, workspace);
    }

    /// <summary>Computes the layer's output for a batch from separate inputs for query, key and value;
    /// see <see cref="Forward(ReadOnlySpan{T}, Span{T}, LayerWorkspace{T}, ISampler, ReadOnlySpan{int})"/>.</summary>
    /// <param name="query">[batch, tokens, EmbeddingDim].</param>
    /// <param name="key">[batch, key tokens, EmbeddingDim].</param>
    /// <param name="value">[batch, key tokens, EmbeddingDim].</param>
    /// <param name="output">Receives [batch, tokens, HeadCount·HeadDim].</param>
    /// <param name="workspace">A workspace of this layer; its capacity bounds the batch.</param>
    /// <param name="sampler">What finds the selection.</param>
    /// <param name="tokenCounts">Tokens present in each sample, [batch]; empty for all.</param>
    /// <param name="keyTokenCounts">Keys present in each sample, [batch], of a model whose keys are a sequence of their own
    /// (<c>KeyTokens</c>); empty for all. Elsewhere empty: keys are the tokens.</param>
    /// <exception cref="ArgumentException">A length does not match the model, or the workspace belongs to another layer.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite, or the statistics of a
    /// batch in training mode are or would make the running ones so; the message names the sample. Parameters and
    /// running statistics are unchanged.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation at the declared temperature and the sampler cannot draw at one.</exception>
    public void Forward(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output,
        LayerWorkspace<T> workspace, ISampler sampler, ReadOnlySpan<int> tokenCounts = default,
        ReadOnlySpan<int> keyTokenCounts = default)
    {
        RequireKeys(query.Length, key.Length, value.Length);
        Prepare(query.Length, output.Length, workspace, sampler, tokenCounts, keyTokenCounts, sharedInput: false);
        Solve(query, key, value, workspace);
        Wait(workspace.Pass.SampleAsync(sampler));
        Read(output, workspace);
    }

    /// <summary>Computes the layer's output for a batch; query, key and value share one input. No thread is held while a machine
    /// computes; see <see cref="Forward(ReadOnlySpan{T}, Span{T}, LayerWorkspace{T}, ISampler, ReadOnlySpan{int})"/>.</summary>
    /// <exception cref="ArgumentException">A length does not match the model, or the workspace belongs to another layer.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite, or the statistics of a
    /// batch in training mode are or would make the running ones so; the message names the sample. Parameters and
    /// running statistics are unchanged.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation at the declared temperature and the sampler cannot draw at one.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the output is unchanged.</exception>
    public async ValueTask ForwardAsync(
        ReadOnlyMemory<T> input, Memory<T> output, LayerWorkspace<T> workspace, ISampler sampler,
        ReadOnlyMemory<int> tokenCounts = default, CancellationToken cancellationToken = default)
    {
        Prepare(input.Length, output.Length, workspace, sampler, tokenCounts.Span, default, sharedInput: true);
        Solve(input.Span, input.Span, input.Span, workspace);
        await workspace.Pass.SampleAsync(sampler, cancellationToken).ConfigureAwait(false);
        Read(output.Span, workspace);
    }

    /// <summary>Computes the layer's output for a batch from separate inputs for query, key and value. No thread is held while a machine
    /// computes; see <see cref="Forward(ReadOnlySpan{T}, ReadOnlySpan{T}, ReadOnlySpan{T}, Span{T}, LayerWorkspace{T}, ISampler, ReadOnlySpan{int}, ReadOnlySpan{int})"/>.</summary>
    /// <param name="query">[batch, tokens, EmbeddingDim].</param>
    /// <param name="key">[batch, key tokens, EmbeddingDim].</param>
    /// <param name="value">[batch, key tokens, EmbeddingDim].</param>
    /// <param name="output">Receives [batch, tokens, HeadCount·HeadDim].</param>
    /// <param name="workspace">A workspace of this layer; its capacity bounds the batch.</param>
    /// <param name="sampler">What finds the selection.</param>
    /// <param name="tokenCounts">Tokens present in each sample, [batch]; empty for all.</param>
    /// <param name="keyTokenCounts">Keys present in each sample, [batch], of a model whose keys are a sequence of their own
    /// (<c>KeyTokens</c>); empty for all. Elsewhere empty: keys are the tokens.</param>
    /// <param name="cancellationToken">Ends the sampling.</param>
    /// <exception cref="ArgumentException">A length does not match the model, or the workspace belongs to another layer.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite, or the statistics of a
    /// batch in training mode are or would make the running ones so; the message names the sample. Parameters and
    /// running statistics are unchanged.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation at the declared temperature and the sampler cannot draw at one.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the output is unchanged.</exception>
    public async ValueTask ForwardAsync(
        ReadOnlyMemory<T> query, ReadOnlyMemory<T> key, ReadOnlyMemory<T> value, Memory<T> output,
        LayerWorkspace<T> workspace, ISampler sampler,
        ReadOnlyMemory<int> tokenCounts = default, ReadOnlyMemory<int> keyTokenCounts = default,
        CancellationToken cancellationToken = default)
    {
        RequireKeys(query.Length, key.Length, value.Length);
        Prepare(query.Length, output.Length, workspace, sampler, tokenCounts.Span, keyTokenCounts.Span, sharedInput: false);
        Solve(query.Span, key.Span, value.Span, workspace);
        await workspace.Pass.SampleAsync(sampler, cancellationToken).ConfigureAwait(false);
        Read(output.Span, workspace);
    }

    /// <summary>Computes gradients after a forward pass with a shared input.</summary>
    /// <param name="outputGradient">∂L/∂output, [batch, tokens, HeadCount·HeadDim].</param>
    /// <param name="inputGradient">Receives ∂L/∂input, [batch, tokens, EmbeddingDim]; empty if not wanted.</param>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <exception cref="ArgumentException">A length does not match the forward pass.</exception>
    /// <exception cref="InvalidOperationException">The workspace holds no forward pass of this form.</exception>
    /// <remarks>Gradients are added to <see cref="Parameter{T}.Gradient"/>; sums run in a fixed order, whatever the threads.
    /// Batch statistics are differentiated after a pass in training mode; after one in evaluation mode the running statistics
    /// are constants. With an expectation, the gradient has the mean over the reads of the direct path and, for more than one
    /// read, a covariance estimate of the path through the Boltzmann distribution, with divisor R − 1: for independent reads
    /// its expectation is the exact gradient. Other gradients than <see cref="GradientKind.Energy"/> may solve problems again, with the
    /// sampler of the forward pass: this blocks until it has answered (<see cref="BackwardAsync(ReadOnlyMemory{T}, Memory{T},
    /// LayerWorkspace{T}, CancellationToken)"/> does not). Where that fails, no gradient is changed and Backward may be called again.</remarks>
    public void Backward(ReadOnlySpan<T> outputGradient, Span<T> inputGradient, LayerWorkspace<T> workspace)
    {
        PrepareBackward(outputGradient.Length, workspace, sharedInput: true);
        RequireGradientLength(inputGradient.Length, Model.Tokens, workspace, nameof(inputGradient));
        FindSlopes(outputGradient, workspace);
        Wait(workspace.Estimator.SolveAgainAsync(default));
        Differentiate(outputGradient, inputGradient, default, default, workspace);
    }

    /// <summary>Computes gradients after a forward pass with separate inputs.</summary>
    /// <exception cref="ArgumentException">A length does not match the forward pass.</exception>
    /// <exception cref="InvalidOperationException">The workspace holds no forward pass of this form.</exception>
    public void Backward(
        ReadOnlySpan<T> outputGradient, Span<T> queryGradient, Span<T> keyGradient, Span<T> valueGradient,
        LayerWorkspace<T> workspace)
    {
        PrepareBackward(outputGradient.Length, workspace, sharedInput: false);
        RequireGradientLength(queryGradient.Length, Model.Tokens, workspace, nameof(queryGradient));
        RequireGradients(queryGradient.Length, keyGradient.Length, nameof(keyGradient));
        RequireGradients(queryGradient.Length, valueGradient.Length, nameof(valueGradient));
        FindSlopes(outputGradient, workspace);
        Wait(workspace.Estimator.SolveAgainAsync(default));
        Differentiate(outputGradient, queryGradient, keyGradient, valueGradient, workspace);
    }

    /// <summary>Pairs that may have a coupling: the mask with zero diagonal, or where a query has a selection of its own the keys that it
    /// sees; zero in the padding.</summary>
    internal T[] FreePairs()
    {
        int stride = Padding.Stride(Model.KeyTokens);
        var pairs = new T[Model.Tokens * stride];
        if (Model.Scope == SelectionScope.Query)
        {
            for (int i = 0; i < Model.Tokens; i++)
            {
                (int first, int end) = Model.Queries.KeysSeenBy(i);
                pairs.AsSpan((i * stride) + first, end - first).Fill(T.One);
            }

            return pairs;
        }

        ReadOnlySpan<T> mask = PairMask;
        for (int i = 0; i < Model.Tokens; i++)
        {
            for (int j = 0; j < Model.Tokens; j++)
            {
                pairs[i * stride + j] = i == j ? T.Zero : mask.IsEmpty ? T.One : mask[i * stride + j];
            }
        }

        // Models that keep couplings as features have no mask.
        PairMatrix.Interact(pairs, stride, Model.Tokens, Model.CouplingWindow, Model.CouplingBlock, T.Zero);

        return pairs;
    }

    internal static void Wait(ValueTask sampling)
    {
        if (sampling.IsCompleted)
        {
            sampling.GetAwaiter().GetResult();
        }
        else
        {
            sampling.AsTask().GetAwaiter().GetResult();
        }
    }

    private void Initialise()
    {
        InputStage.Initialise(Stream);
        for (int l = 0; l < Learnables.Count; l++)
        {
            Fill(Learnables[l], Model.Learnables[l].Initial);
        }

        if (LearnedCoupling is { } learned)
        {
            Fill(learned, Model.LearnedCoupling!.Initial);
        }

        void Fill(Parameter<T> parameter, double initial)
        {
            RandomStream random = Stream(parameter);
            foreach (ref T value in parameter.Value)
            {
                value = T.CreateTruncating(double.IsNaN(initial) ? random.NextNormal() : initial);
            }
        }

        // One stream per parameter, by name: adding a parameter leaves the others' initial values alone.
        RandomStream Stream(Parameter<T> parameter)
        {
            ulong hash = 14695981039346656037UL;
            foreach (char c in parameter.Name)
            {
                hash = (hash ^ c) * 1099511628211UL;
            }

            return new RandomStream(hash + (ulong)Seed);
        }
    }

    private void Prepare(
        int inputLength, int output, LayerWorkspace<T> workspace, ISampler sampler, ReadOnlySpan<int> tokenCounts,
        ReadOnlySpan<int> keyTokenCounts, bool sharedInput)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(sampler);
        RequireOwner(workspace);
        if (sharedInput && Model.HasOwnKeys)
        {
            throw new InvalidOperationException(
                $"Keys and values of {Model.Name} are a sequence of their own (KeyTokens): call Forward with query, key and value.");
        }

        RequireTemperature(sampler);
        int perSample = Model.Tokens * Model.EmbeddingDim;
        int count = inputLength / perSample;
        if (count * perSample != inputLength || count == 0 || count > workspace.Capacity)
        {
            throw new ArgumentException(
                $"Expected an input of batch x {Model.Tokens} x {Model.EmbeddingDim} numbers with batch in 1..{workspace.Capacity}, got {inputLength} numbers.",
                sharedInput ? "input" : "query");
        }

        int expected = count * Model.Tokens * Model.OutputDim;
        if (output != expected)
        {
            throw new ArgumentException(
                $"Expected an output of {count} x {Model.Tokens} x {Model.OutputDim} = {expected} numbers, got {output}.",
                nameof(output));
        }

        RequireCounts(tokenCounts, count, Model.Tokens, nameof(tokenCounts));
        if (!keyTokenCounts.IsEmpty && !Model.HasOwnKeys)
        {
            throw new ArgumentException($"Keys of {Model.Name} are its tokens: give tokenCounts alone.", nameof(keyTokenCounts));
        }

        RequireCounts(keyTokenCounts, count, Model.KeyTokens, nameof(keyTokenCounts));
        AskForTemperature(workspace, sampler);
        (workspace.Sampler, workspace.PassKey) = (sampler, LayerSampling.KeyOf(workspace));
        workspace.CanRunBackward = false;
        workspace.Mode = _mode;
        workspace.SharedInput = sharedInput;
        workspace.Count = count;
        Fill(workspace.TokenCounts.AsSpan(0, count), tokenCounts, Model.Tokens);
        Fill(workspace.KeyCounts.AsSpan(0, count), Model.HasOwnKeys ? keyTokenCounts : tokenCounts, Model.KeyTokens);
        workspace.Pass.PrepareProblems();

        static void Fill(Span<int> counts, ReadOnlySpan<int> given, int all)
        {
            counts.Fill(all);
            given.CopyTo(counts);
        }
    }

    private unsafe void Solve(ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, LayerWorkspace<T> workspace)
    {
        InputStage.Fold(workspace.FoldedWeights, workspace.FoldedShifts);
        WriteLearnedCouplings(workspace);
        fixed (T* q = query, k = key, v = value)
        {
            workspace.Pass.Query = q;
            workspace.Pass.Key = k;
            workspace.Pass.Value = v;
            workspace.Pass.RunCoefficients();
        }
    }

    private unsafe void Read(Span<T> output, LayerWorkspace<T> workspace)
    {
        fixed (T* o = output)
        {
            workspace.Pass.Output = o;
            workspace.Pass.RunReadout();
        }

        workspace.CouplingNorm?.UpdateRunningStatistics();
        workspace.FieldNorm?.UpdateRunningStatistics();
        workspace.OutputNorm?.UpdateRunningStatistics();
        workspace.CanRunBackward = true;
    }

    private void PrepareBackward(int outputGradient, LayerWorkspace<T> workspace, bool sharedInput)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        RequireOwner(workspace);
        if (!workspace.CanRunBackward || workspace.SharedInput != sharedInput)
        {
            throw new InvalidOperationException(
                "Backward needs a Forward pass before it, in the same workspace and with the same form of input (shared or separate).");
        }

        int expected = workspace.Count * Model.Tokens * Model.OutputDim;
        if (outputGradient != expected)
        {
            throw new ArgumentException($"Expected an output gradient of {expected} numbers, got {outputGradient}.", nameof(outputGradient));
        }

        workspace.ReadTemperature = FindReadTemperature(workspace);
    }

    private unsafe void Differentiate(
        ReadOnlySpan<T> outputGradient, Span<T> queryGradient, Span<T> keyGradient, Span<T> valueGradient, LayerWorkspace<T> workspace)
    {
        if (!queryGradient.IsEmpty)
        {
            InputStage.Turn(workspace.FoldedWeights, workspace.TurnedWeights);
        }

        Array.Clear(workspace.LearnedCouplingsGradient);
        fixed (T* g = outputGradient, q = queryGradient, k = keyGradient, v = valueGradient)
        {
            workspace.Pass.OutputGradient = g;
            workspace.Pass.QueryGradient = q;
            workspace.Pass.KeyGradient = k;
            workspace.Pass.ValueGradient = v;
            workspace.Pass.RunGradients();
        }

        Array.Clear(workspace.Products);
        Array.Clear(workspace.Sums);
        workspace.Pass.RunParameterProducts();
        int perRole = workspace.Products.Length / 3;
        for (int role = 0; role < 3; role++)
        {
            InputStage.FinishGradients(
                (InputRole)role, workspace.Products.AsSpan(role * perRole, perRole),
                workspace.Sums.AsSpan(role * Model.OutputDim, Model.OutputDim));
        }

        AddLearnableGradients(workspace);
        AddLearnedCouplingGradient(workspace);
    }

    private void AddLearnableGradients(LayerWorkspace<T> workspace)
    {
        for (int s = 0; s < workspace.Count; s++)
        {
            ReadOnlySpan<T> part = workspace.LearnablesGradient.AsSpan(s * workspace.LearnablesLength, workspace.LearnablesLength);
            for (int l = 0; l < Learnables.Count; l++)
            {
                Parameter<T> learnable = Learnables[l];
                for (int i = 0; i < learnable.Length; i++)
                {
                    learnable.Gradient[i] += part[i];
                }

                part = part[learnable.Length..];
            }
        }
    }
}
