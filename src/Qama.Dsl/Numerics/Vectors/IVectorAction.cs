using System.ComponentModel;
using System.Numerics;

namespace Qama.Numerics.Vectors;

/// <summary>Work that is written for any registers: its arguments, and its result if there is one. A struct, so that it is compiled
/// for each of them.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>For the runtime and for generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IVectorAction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Does the work.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    void Run<TVector>()
        where TVector : struct, IVector<TVector, T>;
}
