using System.ComponentModel;
using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers;

/// <summary>Coefficients of all heads outside a layer, from memory as users have it: without padding, token after token.</summary>
/// <remarks>For generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class HeadKernels
{
    /// <summary>Makes the learned vectors of a model, all zero.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="model">The model.</param>
    public static Parameter<T>[] LearnablesOf<T>(ModelDescriptor model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Learnables.Select(l => new Parameter<T>(l.Name, l.Shape))];
    }

    /// <summary>Gives one of them its numbers.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="learnable">The learned vector.</param>
    /// <param name="values">Its numbers.</param>
    /// <param name="argument">The argument that they are, for messages.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static void Set<T>(Parameter<T> learnable, ReadOnlySpan<T> values, string argument)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(learnable);
        Shape.Require(values.Length, learnable.Length, $"parameter {learnable.Name}", argument);
        values.CopyTo(learnable.Value);
    }

    /// <summary>Computes the couplings of all heads.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TKernel">The couplings of one head.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="scratchLength">Scratch memory that the kernel needs.</param>
    /// <param name="query">Projected query, [tokens, heads·dim].</param>
    /// <param name="key">Projected key, [tokens, heads·dim].</param>
    /// <param name="learnables">The model's learned vectors.</param>
    /// <param name="couplings">Receives J, [heads, tokens, tokens].</param>
    /// <param name="learnedCoupling">What is learned of couplings, where the kernel reads it; else empty.</param>
    /// <param name="readsLearnedCoupling">Whether it does.</param>
    /// <exception cref="ArgumentException">A length does not match the model.</exception>
    public static void ComputeCouplings<T, TKernel>(
        ModelDescriptor model, int scratchLength, ReadOnlySpan<T> query, ReadOnlySpan<T> key, IReadOnlyList<Parameter<T>> learnables,
        Span<T> couplings, ReadOnlySpan<T> learnedCoupling = default, bool readsLearnedCoupling = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IHeadKernel<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        int n = model.Tokens, heads = model.HeadCount, features = heads * model.HeadDim;
        RequireInput(query, model, nameof(query));
        RequireInput(key, model, nameof(key));
        Shape.Require(couplings.Length, heads * n * n, "[HeadCount, Tokens, Tokens]", nameof(couplings));
        T[] table = [];
        if (readsLearnedCoupling && model.LearnedCoupling is { } learned)
        {
            Shape.Require(learnedCoupling.Length, learned.Length, "parameter LearnedCoupling", nameof(learnedCoupling));
            table = new T[learned.TableLength];
            learned.WriteTable(learnedCoupling, table);
        }

        int stride = Padding.Stride(n);
        T[] result = new T[heads * n * stride];
        Run<T, TKernel>(
            new SampleBuffers<T>
            {
                Query = Padding.ToFeatureMajor(query, n, features), Key = Padding.ToFeatureMajor(key, n, features), LearnedCouplings = table,
                Couplings = result, TokenCount = n, KeyCount = n, Scratch = new T[scratchLength],
            },
            learnables, heads);
        Padding.Copy<T>(result, stride, couplings, n, heads * n, n);
    }

    /// <summary>Computes the fields of all heads.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TKernel">The fields of one head.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="scratchLength">Scratch memory that the kernel needs.</param>
    /// <param name="value">Projected value, [tokens, heads·dim].</param>
    /// <param name="learnables">The model's learned vectors.</param>
    /// <param name="fields">Receives f, [heads, tokens].</param>
    /// <exception cref="ArgumentException">A length does not match the model.</exception>
    public static void ComputeFields<T, TKernel>(
        ModelDescriptor model, int scratchLength, ReadOnlySpan<T> value, IReadOnlyList<Parameter<T>> learnables, Span<T> fields)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IHeadKernel<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        int n = model.Tokens, heads = model.HeadCount, stride = Padding.Stride(n);
        RequireInput(value, model, nameof(value));
        Shape.Require(fields.Length, heads * n, "[HeadCount, Tokens]", nameof(fields));
        T[] result = new T[heads * stride];
        Run<T, TKernel>(
            new SampleBuffers<T>
            {
                Value = Padding.ToFeatureMajor(value, n, heads * model.HeadDim), Fields = result, TokenCount = n, KeyCount = n,
                Scratch = new T[scratchLength],
            },
            learnables, heads);
        Padding.Copy<T>(result, stride, fields, n, heads, n);
    }

    private static void RequireInput<T>(ReadOnlySpan<T> input, ModelDescriptor model, string argument) => Shape.Require(
        input.Length, model.Tokens * model.HeadCount * model.HeadDim, "[Tokens, HeadCount * HeadDim]", argument);

    private static void Run<T, TKernel>(in SampleBuffers<T> sample, IReadOnlyList<Parameter<T>> learnables, int heads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IHeadKernel<T>
    {
        var action = new AllHeads<T, TKernel>(sample, learnables, heads);
        VectorPath.Run<T, AllHeads<T, TKernel>>(ref action);
    }

    private readonly ref struct AllHeads<T, TKernel>(in SampleBuffers<T> sample, IReadOnlyList<Parameter<T>> learnables, int heads)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IHeadKernel<T>
    {
        private readonly SampleBuffers<T> _sample = sample;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            for (int h = 0; h < heads; h++)
            {
                TKernel.Run<TVector>(_sample, learnables, h);
            }
        }
    }
}
