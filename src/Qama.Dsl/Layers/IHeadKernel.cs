using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers;

/// <summary>The emitted computation of one coefficient of a head: couplings from query and key, or fields from the value.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>For generated code: a struct without fields, so that all that runs it is compiled for it.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IHeadKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes the coefficient of a head.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The memory of all heads.</param>
    /// <param name="learnables">The model's learned vectors.</param>
    /// <param name="h">The head.</param>
    static abstract void Run<TVector>(in SampleBuffers<T> sample, IReadOnlyList<Parameter<T>> learnables, int h)
        where TVector : struct, IVector<TVector, T>;
}
