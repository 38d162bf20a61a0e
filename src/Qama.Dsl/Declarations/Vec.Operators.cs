namespace Qama;

public readonly partial struct Vec
{
    /// <summary>−a, element by element.</summary>
    /// <param name="a">The vector.</param>
    public static Vec operator -(Vec a) => Map(a, static x => -x);

    /// <summary>a + b, element by element.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Vec operator +(Vec a, Vec b) => Map(a, b, static (x, y) => x + y);

    /// <summary>a − b, element by element.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Vec operator -(Vec a, Vec b) => Map(a, b, static (x, y) => x - y);

    /// <summary>a·b, element by element.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Vec operator *(Vec a, Vec b) => Map(a, b, static (x, y) => x * y);

    /// <summary>a / b, element by element.</summary>
    /// <param name="a">The numerators.</param>
    /// <param name="b">The denominators.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Vec operator /(Vec a, Vec b) => Map(a, b, static (x, y) => x / y);

    /// <summary>a + b for every element of a.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b">The number.</param>
    public static Vec operator +(Vec a, float b) => Map(a, x => x + b);

    /// <summary>a − b for every element of a.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b">The number.</param>
    public static Vec operator -(Vec a, float b) => Map(a, x => x - b);

    /// <summary>a·b for every element of a.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b">The number.</param>
    public static Vec operator *(Vec a, float b) => Map(a, x => x * b);

    /// <summary>a / b for every element of a.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b">The number.</param>
    public static Vec operator /(Vec a, float b) => Map(a, x => x / b);

    /// <summary>a + b for every element of b.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The vector.</param>
    public static Vec operator +(float a, Vec b) => Map(b, x => a + x);

    /// <summary>a − b for every element of b.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The vector.</param>
    public static Vec operator -(float a, Vec b) => Map(b, x => a - x);

    /// <summary>a·b for every element of b.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The vector.</param>
    public static Vec operator *(float a, Vec b) => Map(b, x => a * x);

    /// <summary>a / b for every element of b.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The vector.</param>
    public static Vec operator /(float a, Vec b) => Map(b, x => a / x);
}
