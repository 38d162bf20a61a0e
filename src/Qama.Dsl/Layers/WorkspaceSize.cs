using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Layers.Gradients;
using Qama.Layers.Scopes;
using Qama.Numerics.Matrices;

namespace Qama.Layers;

/// <summary>What the memory of a workspace comes to, before there is any.</summary>
internal static class WorkspaceSize
{
    /// <summary>Bytes of the arrays that <see cref="LayerWorkspace{T}"/> allocates.</summary>
    /// <param name="model">The layer's model.</param>
    /// <param name="kernelScratch">Numbers that the layer's kernels need.</param>
    /// <param name="batch">Largest batch.</param>
    /// <param name="threads">Threads.</param>
    public static long Of<T>(ModelDescriptor model, long kernelScratch, long batch, long threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long tokens, long stride, long output) = (model.Tokens, Padding.Stride(model.KeyTokens), model.OutputDim);
        bool perQuery = model.Scope == SelectionScope.Query;
        long longest = Math.Max(tokens, model.KeyTokens), longestStride = Math.Max(Padding.Stride(model.Tokens), stride);
        (bool factored, bool single) = (model.CouplingFactor is not null, typeof(T) == typeof(float));
        long projected = output * longestStride, fields = model.HeadCount * stride, results = tokens * output;
        long width = Padding.SpreadStride(model.EmbeddingDim), inputScratch = (model.EmbeddingDim * longestStride)
            + (longest * width);
        bool causal = model.Scope == SelectionScope.Causal;
        long couplings = factored || causal ? 0 : model.HeadCount * tokens * stride;
        long features = model.ComputesFeatures ? model.HeadCount * model.CouplingRank * stride : 0;
        long gradients = model.NormalizesCouplings || model.NormalizesFields ? batch : threads;
        long ofSample = (3 * ((longest * width) + longest + (2 * projected))) + couplings + (2 * fields) + model.Learnables.Sum(l => l.Length)
            + (2 * features) + (model.HasField ? fields : 0) + (model.NormalizesCouplings ? couplings : 0)
            + (model.NormalizesFields ? fields : 0) + (model.NormalizesOutput ? results : 0)
            + (model is { ReadsSimilarity: true, NormalizesCouplings: true, Gradient.Kind: not GradientKind.Energy } ? couplings : 0);
        long ofThread = Math.Max(inputScratch, kernelScratch) + (model.NormalizesOutput ? results : 0)
            + (model.ReadCount > 1 && !perQuery ? (2 * results) + couplings + fields : 0);
        long ofLayer = (model.HasProjection ? (6 * output * model.EmbeddingDim) + (3 * output * width) : 3 * output) + (6 * output)
            + (factored || causal ? 0 : tokens * stride) + (2L * (model.LearnedCoupling?.TableLength ?? 0));
        long problems = batch * (perQuery ? model.ProblemsPerSample : 1);
        long slopes = problems * GradientEstimator<T>.SlopesOf(model, model.HeadCount * Padding.Stride(model.Problem.Tokens));
        long numbers = (batch * ofSample) + slopes + (gradients * (couplings + fields + (2 * features))) + (threads * ofThread) + ofLayer;

        long problem = factored ? (single ? 0 : 2 * (model.ComputesFeatures ? features : projected))
            : single && model.HasSymmetricCouplings ? 0 : couplings;
        long floats = perQuery
            ? ((model.Queries.StartsAtZero ? 1 : problems) * QueryPass<T>.CouplingsOf(model))
                + (problems * model.HeadCount * Padding.Stride(model.Problem.Tokens))
            : batch * (problem + (!model.HasField || causal || (single && !model.Gradient.ShiftsFields) ? 0 : fields));
        long reads = model.ReadCount + GradientEstimator<T>.FurtherReadsOf(model);
        bool normalised = factored && model.NormalizesCouplings;
        long doubles = (normalised ? FeatureNormPass<T>.LengthOf(model, (int)threads) + (2 * model.HeadCount * batch) : 0)
            + (threads * (model.ReadCount > 1 && !perQuery ? model.ReadCount : 0)) + (problems * reads);
        return (numbers * Unsafe.SizeOf<T>()) + (sizeof(float) * floats) + (sizeof(double) * doubles)
            + (problems * reads * model.VariableCount)
                + (causal ? CausalPass<T>.BytesOf(model, kernelScratch, batch, threads) : 0)
            + (perQuery ? QueryMemory<T>.Bytes(model, threads, Unsafe.SizeOf<T>()) + UnitTable<T>.Bytes(model, Unsafe.SizeOf<T>()) : 0);
    }

    /// <summary>Bytes that one sample more takes: the same for every batch.</summary>
    public static long OfSample<T>(ModelDescriptor model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Of<T>(model, 0, 2, 1) - Of<T>(model, 0, 1, 1);
}
