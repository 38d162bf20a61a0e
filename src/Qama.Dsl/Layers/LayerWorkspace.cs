using System.Numerics;
using Qama.Layers.Gradients;
using Qama.Layers.Scopes;
using Qama.Numerics.Matrices;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers;

/// <summary>
/// The memory of a layer's forward and backward pass for batches of up to a given size. Create once, reuse every step:
/// passes allocate nothing. One workspace serves one pass at a time; several may share a layer.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class LayerWorkspace<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal LayerWorkspace(QuboAttentionLayer<T> owner, int capacity, int threads, Func<int, float[], float[], AttentionProblemBatch> createProblems)
    {
        ModelDescriptor model = owner.Model;
        InputStage<T> input = owner.InputStage;
        int stride = Padding.Stride(model.KeyTokens), tokens = Math.Max(model.Tokens, model.KeyTokens);
        int problems = checked(capacity * model.ProblemsPerSample);
        Owner = owner;
        Capacity = capacity;
        Threads = threads;
        Key = new SamplingKey(owner.Seed);
        Samples = new SampleSet(problems, model.ReadCount, model.VariableCount) { Temperature = model.Temperature };
        TokenCounts = new int[capacity];
        KeyCounts = new int[capacity];

        bool factored = model.CouplingFactor is not null;
        NormalisedLength = checked(tokens * input.WidthStride);
        ProjectedLength = checked(model.OutputDim * Padding.Stride(tokens));
        FeaturesLength = model.ComputesFeatures ? checked(model.HeadCount * model.CouplingRank * stride) : 0;
        CouplingsLength = factored || model.Scope == SelectionScope.Causal ? 0 : checked(model.HeadCount * model.Tokens * stride);
        FieldsLength = model.HeadCount * stride;
        LearnablesLength = model.Learnables.Sum(l => l.Length);

        int roles = checked(3 * capacity);
        Normalised = Allocate(roles, NormalisedLength);
        Inverse = Allocate(roles, tokens);
        Projected = Allocate(roles, ProjectedLength);
        ProjectedGradient = Allocate(roles, ProjectedLength);
        Couplings = Allocate(capacity, CouplingsLength);
        Fields = model.HasField ? Allocate(capacity, FieldsLength) : [];
        OwnCouplings = model.NormalizesCouplings ? Allocate(capacity, CouplingsLength) : Couplings;
        OwnFields = model.NormalizesFields ? Allocate(capacity, FieldsLength) : Fields;
        Selection = Allocate(capacity, FieldsLength);
        LocalEnergies = Allocate(capacity, FieldsLength);
        LearnablesGradient = Allocate(capacity, LearnablesLength);
        LearnedCouplings = new T[model.LearnedCoupling?.TableLength ?? 0];
        LearnedCouplingsGradient = new T[LearnedCouplings.Length];
        int gradients = owner.NormalizesCoefficients ? capacity : threads;
        CouplingsGradient = Allocate(gradients, CouplingsLength);
        FieldsGradient = Allocate(gradients, FieldsLength);
        Features = Allocate(checked(2 * capacity), FeaturesLength);
        FeaturesGradient = Allocate(2 * gradients, FeaturesLength);
        Scratch = Allocate(threads, ScratchLength = Math.Max(input.ScratchLength, owner.KernelScratch));

        FoldedWeights = new T[model.HasProjection ? 3 * model.OutputDim * model.EmbeddingDim : 0];
        TurnedWeights = new T[FoldedWeights.Length];
        FoldedShifts = new T[3 * model.OutputDim];
        Products = new T[3 * model.OutputDim * (model.HasProjection ? input.WidthStride : 1)];
        Sums = new T[3 * model.OutputDim];

        OutputLength = model.Tokens * model.OutputDim;
        OwnOutput = Allocate(model.NormalizesOutput ? capacity : 0, OutputLength);
        OwnOutputGradient = Allocate(model.NormalizesOutput ? threads : 0, OutputLength);
        CouplingNorm = owner.CouplingNorm is { } couplingNorm ? new HeadNormPass<T>(couplingNorm, capacity) : null;
        FeatureNorm = factored && CouplingNorm is { } pairs ? new FeatureNormPass<T>(pairs, model, threads) : null;
        PairGradientSums = new double[FeatureNorm is null ? 0 : 2 * model.HeadCount * capacity];
        FieldNorm = owner.FieldNorm is { } fieldNorm ? new HeadNormPass<T>(fieldNorm, capacity) : null;
        OutputNorm = owner.OutputNorm is { } outputNorm ? new HeadNormPass<T>(outputNorm, capacity) : null;
        Pairs = factored || model.Scope == SelectionScope.Causal ? [] : owner.FreePairs();
        Reads = model.ReadCount > 1 && model.Scope == SelectionScope.Head
            ? new ReadMemory<T>(threads, model.ReadCount, OutputLength, CouplingsLength, FieldsLength)
            : null;

        (ProblemCouplings, ProblemFields) = model.Scope switch
        {
            SelectionScope.Query => QueryPass<T>.AllocateProblems(model, problems),
            SelectionScope.Causal => CausalPass<T>.AllocateProblems(model, capacity),
            _ => AllocateProblems(model),
        };
        Problems = createProblems(model.Scope == SelectionScope.Query ? problems : capacity, ProblemCouplings, ProblemFields);
        (CouplingScales, CouplingShifts) = Problems.CouplingScales;
        OwnsProblemFields = !ReferenceEquals(ProblemFields, Fields);
        Estimator = GradientEstimator<T>.Of(this);
        bool readsItself = model.ReadsSimilarity && model.NormalizesCouplings && Estimator.CanHaveStatistics;
        StatisticsGradient = Allocate(readsItself ? capacity : 0, CouplingsLength);
        Pass = model.Scope switch
        {
            SelectionScope.Query => new QueryPass<T>(owner, this),
            SelectionScope.Causal => new CausalPass<T>(owner, this),
            _ => new LayerPass<T>(owner, this),
        };
    }

    /// <summary>Largest number of samples in a batch.</summary>
    public int Capacity { get; }

    /// <summary>Samples of the last forward pass.</summary>
    public int Count { get; internal set; }

    /// <summary>Threads the layer's own stages use. Results do not depend on it.</summary>
    public int Threads { get; }

    /// <summary>What the sampler's random numbers depend on. Set its step and first sample before each pass; it starts with
    /// the layer's seed.</summary>
    public SamplingKey Key { get; set; }

    /// <summary>What the sampler found in the last forward pass: selections, energies, time. A backward pass reads the
    /// selections again.</summary>
    public SampleSet Samples { get; }

    /// <summary>The optimisation problems of the last forward pass.</summary>
    public AttentionProblemBatch Problems { get; }

    /// <summary>What the heads selected in the last forward pass: shares, empty and full heads, bounds reached, energies of couplings
    /// and fields. Allocates; meant for looking into a layer, not for every step.</summary>
    /// <param name="reference">Better selections of the same problems (<see cref="Problems"/>), by enumeration or longer annealing:
    /// then the report has the mean gap to their energies.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass yet.</exception>
    /// <exception cref="NotSupportedException">The layer's selections are causal.</exception>
    /// <exception cref="ArgumentException">The reference holds fewer problems than the last pass had.</exception>
    public SelectionReport Describe(SampleSet? reference = null)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("There is nothing to describe yet: call Forward first.");
        }

        if (Owner.Model.Scope == SelectionScope.Causal)
        {
            throw new NotSupportedException(
                $"{Owner.Model.Name} selects block after block, and only the last problems are there to describe.");
        }

        if (reference is not null && reference.Capacity < Problems.Count)
        {
            throw new ArgumentException(
                $"Expected selections of at least {Problems.Count} problems, got {reference.Capacity}.", nameof(reference));
        }

        return SelectionSummary.Of(this, reference);
    }

    internal QuboAttentionLayer<T> Owner { get; }

    internal LayerPass<T> Pass { get; }

    /// <summary>How the loss reaches coefficients through the selection.</summary>
    internal GradientEstimator<T> Estimator { get; }

    /// <summary>What solved the problems of the last forward pass, and solves those of its backward pass.</summary>
    internal ISampler? Sampler { get; set; }

    /// <summary><see cref="Key"/> as it was in the last forward pass.</summary>
    internal SamplingKey PassKey { get; set; }

    internal bool SharedInput { get; set; }

    internal bool CanRunBackward { get; set; }

    /// <summary>Present queries of each sample.</summary>
    internal int[] TokenCounts { get; }

    /// <summary>Present keys of each sample.</summary>
    internal int[] KeyCounts { get; }

    /// <summary>The mode of the last forward pass.</summary>
    internal LayerMode Mode { get; set; }

    /// <summary>The source of the temperature of the last forward pass's reads.</summary>
    internal TemperatureSource TemperatureSource { get; set; }

    /// <summary>The temperature in the backward pass's path through the distribution; null where there is none.</summary>
    internal double? ReadTemperature { get; set; }

    internal TemperatureEstimator TemperatureEstimator => field ??= new TemperatureEstimator();

    internal HeadNormPass<T>? CouplingNorm { get; }

    /// <summary>What <see cref="CouplingNorm"/> needs where couplings are kept as features; null where they are written out.</summary>
    internal FeatureNormPass<T>? FeatureNorm { get; }

    internal HeadNormPass<T>? FieldNorm { get; }

    internal HeadNormPass<T>? OutputNorm { get; }

    /// <summary>1 for pairs that may have a coupling, 0 for the others, [tokens, stride]; empty where couplings are kept as features.</summary>
    internal T[] Pairs { get; }

    /// <summary>Null for a single read.</summary>
    internal ReadMemory<T>? Reads { get; }

    internal int NormalisedLength { get; }

    internal int ProjectedLength { get; }

    /// <summary>Features of one side of a sample; 0 where there are none but query and key.</summary>
    internal int FeaturesLength { get; }

    internal int CouplingsLength { get; }

    internal int FieldsLength { get; }

    internal int LearnablesLength { get; }

    internal int OutputLength { get; }

    internal int ScratchLength { get; }

    internal T[] Normalised { get; }

    internal T[] Inverse { get; }

    internal T[] Projected { get; }

    internal T[] ProjectedGradient { get; }

    /// <summary>Features of all samples' rows, then of their columns.</summary>
    internal T[] Features { get; }

    /// <summary>Of each worker; of each sample where coefficients are normalised: gradients of features, as in <see cref="Features"/>.</summary>
    internal T[] FeaturesGradient { get; }

    /// <summary>What products of features are multiplied by to be couplings, [heads], and what is then added.</summary>
    internal double[] CouplingScales { get; }

    internal double[] CouplingShifts { get; }

    /// <summary>Of each sample: see <see cref="SampleBuffers{T}.PairGradientSums"/>.</summary>
    internal double[] PairGradientSums { get; }

    internal T[] Couplings { get; }

    internal T[] Fields { get; }

    /// <summary>Couplings before normalisation; <see cref="Couplings"/> where there is none.</summary>
    internal T[] OwnCouplings { get; }

    /// <summary>Fields before normalisation; <see cref="Fields"/> where there is none.</summary>
    internal T[] OwnFields { get; }

    /// <summary>Output before normalisation; empty where there is none.</summary>
    internal T[] OwnOutput { get; }

    /// <summary>Of each worker: gradient of the output before normalisation; empty where there is none.</summary>
    internal T[] OwnOutputGradient { get; }

    internal T[] Selection { get; }

    internal T[] LocalEnergies { get; }

    internal T[] LearnablesGradient { get; }

    /// <summary>The learned couplings of the last forward pass, [heads or 1, tokens, stride]; empty without.</summary>
    internal T[] LearnedCouplings { get; }

    /// <summary>∂L/∂J of all samples of the last backward pass, likewise.</summary>
    internal T[] LearnedCouplingsGradient { get; }

    /// <summary>Of each worker; of each sample where coefficients are normalised.</summary>
    internal T[] CouplingsGradient { get; }

    internal T[] FieldsGradient { get; }

    internal T[] Scratch { get; }

    internal T[] FoldedWeights { get; }

    /// <summary>The folded weights transposed, [3, in, out]; for the backward pass.</summary>
    internal T[] TurnedWeights { get; }

    internal T[] FoldedShifts { get; }

    internal T[] Products { get; }

    internal T[] Sums { get; }

    /// <summary>What problems are made of: J, or features where couplings are kept as such.</summary>
    internal float[] ProblemCouplings { get; }

    internal float[] ProblemFields { get; }

    /// <summary>Whether <see cref="ProblemFields"/> is not the memory of <see cref="Fields"/>.</summary>
    internal bool OwnsProblemFields { get; }

    /// <summary>Of each sample: the gradient of couplings that goes through the selection, where the readout's own goes past the
    /// normalisation; empty where both are one.</summary>
    internal T[] StatisticsGradient { get; }

    private static T[] Allocate(int count, int length) => new T[checked(count * length)];

    // Samplers see coefficients themselves where these are what problems hold, in single precision.
    private (float[] Couplings, float[] Fields) AllocateProblems(ModelDescriptor model)
    {
        bool factored = model.CouplingFactor is not null;
        T[] features = model.ComputesFeatures ? Features : Projected;
        float[] couplings = (factored ? features : model.HasSymmetricCouplings ? Couplings : null) as float[]
            ?? new float[factored ? checked(2 * Capacity * (model.ComputesFeatures ? FeaturesLength : ProjectedLength)) : Couplings.Length];
        return (couplings, (model.Gradient.ShiftsFields ? null : Fields as float[]) ?? new float[Fields.Length]);
    }
}
