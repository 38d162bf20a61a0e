using System.Globalization;

namespace Qama;

/// <summary>
/// The vector type of user terms: the query, key or value of one token in one head, or a learnable vector. Immutable, of
/// single-precision numbers.
/// </summary>
/// <remarks>
/// A term that calls these members is compiled: its kernel does not call them. What they compute one number after the
/// other when the method is called directly is the reference for that kernel.
/// </remarks>
public readonly partial struct Vec : IEquatable<Vec>
{
    private readonly ReadOnlyMemory<float> _elements;

    /// <summary>A vector of these elements, which are copied.</summary>
    /// <param name="elements">The elements.</param>
    public Vec(params ReadOnlySpan<float> elements) => _elements = elements.ToArray();

    private Vec(Memory<float> elements) => _elements = elements;

    /// <summary>Number of elements.</summary>
    public int Length => _elements.Length;

    /// <summary>The elements.</summary>
    public ReadOnlySpan<float> Elements => _elements.Span;

    /// <summary>Element d.</summary>
    /// <param name="index">Index d, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public float this[int index] => (uint)index < (uint)Length
        ? _elements.Span[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected 0 to {Length - 1}: the vector has {Length} elements.");

    /// <summary>A vector of an array's elements, which are copied.</summary>
    /// <param name="elements">The elements.</param>
    /// <exception cref="ArgumentNullException"><paramref name="elements"/> is null.</exception>
    public static implicit operator Vec(float[] elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new(elements.AsSpan());
    }

    /// <summary>Whether lengths and elements are equal, as <see cref="float.Equals(float)"/> sees them: NaN equals NaN, 0
    /// equals −0.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Vec left, Vec right) => left.Equals(right);

    /// <summary>Whether lengths or elements differ.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Vec left, Vec right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Vec other) => Elements.SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Vec other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (float element in Elements)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }

    /// <summary>The elements in brackets, written in the invariant culture: <c>[1, −0.5]</c> is "[1, -0.5]".</summary>
    public override string ToString()
    {
        var words = new string[Length];
        for (int d = 0; d < words.Length; d++)
        {
            words[d] = this[d].ToString(CultureInfo.InvariantCulture);
        }

        return $"[{string.Join(", ", words)}]";
    }

    private static Vec Map(Vec a, Func<float, float> function)
    {
        ReadOnlySpan<float> x = a.Elements;
        var result = new float[x.Length];
        for (int d = 0; d < result.Length; d++)
        {
            result[d] = function(x[d]);
        }

        return new(result.AsMemory());
    }

    private static Vec Map(Vec a, Vec b, Func<float, float, float> function)
    {
        RequireSameLength(a, b);
        ReadOnlySpan<float> x = a.Elements;
        ReadOnlySpan<float> y = b.Elements;
        var result = new float[x.Length];
        for (int d = 0; d < result.Length; d++)
        {
            result[d] = function(x[d], y[d]);
        }

        return new(result.AsMemory());
    }

    private static void RequireSameLength(Vec a, Vec b)
    {
        if (b.Length != a.Length)
        {
            throw new ArgumentException($"Expected {a.Length} elements as in a, got {b.Length}.", nameof(b));
        }
    }

    private static void RequireElements(Vec a)
    {
        if (a.Length == 0)
        {
            throw new ArgumentException("Expected at least one element, got an empty vector.", nameof(a));
        }
    }
}
