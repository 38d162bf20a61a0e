using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>Weights of a softmax, before they are divided by their sum.</summary>
/// <typeparam name="TVector">The registers.</typeparam>
/// <typeparam name="T">Element type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SoftmaxWeights<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>exp(score − largest); 0 below ε², ε the distance from 1 to the next number.</summary>
    /// <param name="exponent">A score less the largest, per lane; −∞ gives 0, and what is no number stays so.</param>
    /// <remarks>In sums with the token of the largest score, whose weight is 1, so little is lost in rounding; gradients
    /// that such a token alone would give become 0. Kept, it would make subnormal numbers in products once attention is
    /// sharp, with which processors are many times slower. Derivation: docs/mathematics.md, "Attention over selected
    /// tokens".</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector exponent)
    {
        // 2⁻⁴⁶ of floats, 2⁻¹⁰⁴ of doubles.
        const double LeastDouble = 4.930380657631324e-32, LeastSingle = 1.4210854715202004e-14;
        TVector least = TVector.All(T.CreateTruncating(typeof(T) == typeof(double) ? LeastDouble : LeastSingle));

        // Far below the bound, and far above where the exponential itself would be subnormal.
        TVector lowest = TVector.All(T.CreateTruncating(-80));
        TVector weight = TVector.Exp(TVector.Choose(TVector.LessThan(exponent, lowest), lowest, exponent));
        return TVector.Choose(TVector.LessThan(weight, least), TVector.Zero, weight);
    }
}
