namespace Qama;

/// <content>Numbers made of all elements. Sums are accumulated in index order in single precision.</content>
public readonly partial struct Vec
{
    /// <summary>a·b = Σ_d a_d b_d, one chain of fused multiply-adds in index order, as in kernels; 0 for empty vectors.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(Vec a, Vec b)
    {
        RequireSameLength(a, b);
        ReadOnlySpan<float> x = a.Elements;
        ReadOnlySpan<float> y = b.Elements;
        float sum = 0;
        for (int d = 0; d < x.Length; d++)
        {
            sum = MathF.FusedMultiplyAdd(x[d], y[d], sum);
        }

        return sum;
    }

    /// <summary>Σ_d a_d, in index order; 0 for the empty vector.</summary>
    /// <param name="a">The vector.</param>
    public static float Sum(Vec a)
    {
        float sum = 0;
        foreach (float x in a.Elements)
        {
            sum += x;
        }

        return sum;
    }

    /// <summary>Σ_d a_d / D.</summary>
    /// <param name="a">The vector, not empty.</param>
    /// <exception cref="ArgumentException">The vector is empty.</exception>
    public static float Mean(Vec a)
    {
        RequireElements(a);
        return Sum(a) / a.Length;
    }

    /// <summary>The largest element; NaN if any is NaN.</summary>
    /// <param name="a">The vector, not empty.</param>
    /// <exception cref="ArgumentException">The vector is empty.</exception>
    public static float Max(Vec a)
    {
        RequireElements(a);
        float largest = a[0];
        foreach (float x in a.Elements)
        {
            largest = MathF.Max(largest, x);
        }

        return largest;
    }

    /// <summary>The smallest element; NaN if any is NaN.</summary>
    /// <param name="a">The vector, not empty.</param>
    /// <exception cref="ArgumentException">The vector is empty.</exception>
    public static float Min(Vec a)
    {
        RequireElements(a);
        float smallest = a[0];
        foreach (float x in a.Elements)
        {
            smallest = MathF.Min(smallest, x);
        }

        return smallest;
    }

    /// <summary>‖a‖² = Σ_d a_d², in index order; 0 for the empty vector.</summary>
    /// <param name="a">The vector.</param>
    public static float SquaredNorm(Vec a) => Dot(a, a);

    /// <summary>‖a‖ = √(Σ_d a_d²); 0 for the empty vector.</summary>
    /// <param name="a">The vector.</param>
    public static float Norm(Vec a) => MathF.Sqrt(SquaredNorm(a));

    /// <summary>‖a − b‖² = Σ_d (a_d − b_d)², in index order; 0 for empty vectors.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float SquaredDistance(Vec a, Vec b) => SquaredNorm(a - b);

    /// <summary>ln Σ_d e^(a_d), as max a + ln Σ_d e^(a_d − max a); the sum in index order.</summary>
    /// <param name="a">The vector, not empty.</param>
    /// <exception cref="ArgumentException">The vector is empty.</exception>
    public static float LogSumExp(Vec a)
    {
        float largest = Max(a);

        // Infinite elements: ∞ − ∞ would make NaN of a sum that is 0 or ∞.
        return float.IsInfinity(largest) ? largest : largest + MathF.Log(Sum(Exp(a - largest)));
    }
}
