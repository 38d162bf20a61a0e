using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Qama.Numerics;

/// <summary>Checks of lengths at the public edge of generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Shape
{
    /// <summary>Throws unless a memory has the length of its shape.</summary>
    /// <param name="length">The length it has.</param>
    /// <param name="expected">The length it must have.</param>
    /// <param name="shape">The shape in words.</param>
    /// <param name="argument">The argument's name.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Require(int length, int expected, string shape, string argument)
    {
        if (length != expected)
        {
            Throw(length, expected, shape, argument);
        }
    }

    [DoesNotReturn]
    private static void Throw(int length, int expected, string shape, string argument) =>
        throw new ArgumentException($"Expected {shape} = {expected} numbers, got {length}.", argument);
}
