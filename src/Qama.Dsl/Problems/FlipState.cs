using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>16 neighbouring bits of a state and what their flips depend on.</summary>
internal readonly unsafe ref struct FlipState<TVector>(float* bits, float* weights, float* local, float* columns, float sum)
    where TVector : struct, IVector<TVector, float>
{
    /// <summary>x.</summary>
    public TVector Bits => TVector.Load(ref *bits, 0);

    /// <summary>s of the same tokens.</summary>
    public TVector Weights => TVector.Load(ref *weights, 0);

    /// <summary>linear + Σ_j a_ij s_j.</summary>
    public TVector Local => TVector.Load(ref *local, 0);

    /// <summary>Sums over the heads of what exclusion is on.</summary>
    public TVector Columns => TVector.Load(ref *columns, 0);

    /// <summary>The head's sum of weights.</summary>
    public float Sum => sum;
}
