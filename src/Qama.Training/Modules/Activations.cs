using Qama.Numerics.Matrices;

namespace Qama.Training.Modules;

/// <summary>
/// Numbers that flow between modules, or their gradients: [capacity, tokens, stride], each row padded with zeros to a
/// multiple of 16 so that kernels need no tails. Create once, reuse every step.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Activations<T>
    where T : unmanaged
{
    /// <summary>Allocates zeros.</summary>
    /// <param name="capacity">Largest batch, at least 1.</param>
    /// <param name="shape">Shape of a sample, both numbers at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or the capacity so large that the numbers
    /// fit into no array.</exception>
    public Activations(int capacity, TokenShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Tokens, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Width, 1, nameof(shape));
        Capacity = capacity;
        Shape = shape;
        Stride = Padding.Stride(shape.Width);
        Int128 perSample = (Int128)shape.Tokens * Stride;
        if (perSample * capacity > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity), capacity, $"Expected a capacity of at most {Array.MaxLength / perSample} samples of shape {shape}.");
        }

        Values = new T[capacity * (int)perSample];
    }

    /// <summary>Largest number of samples.</summary>
    public int Capacity { get; }

    /// <summary>Shape of a sample.</summary>
    public TokenShape Shape { get; }

    /// <summary>Distance between rows: the width, rounded up to a multiple of 16.</summary>
    public int Stride { get; }

    /// <summary>All numbers; what lies beyond a row's width must stay zero.</summary>
    public T[] Values { get; }

    /// <summary>One sample, [tokens, stride].</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Capacity−1.</exception>
    public Span<T> Sample(int sample)
    {
        int length = Shape.Tokens * Stride;
        return Values.AsSpan(sample * length, length);
    }

    /// <summary>One row without its padding.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public Span<T> Row(int sample, int token) => Sample(sample).Slice(token * Stride, Shape.Width);

    /// <summary>Fills one sample from unpadded numbers.</summary>
    /// <param name="sample">Index in the batch.</param>
    /// <param name="values">[tokens, width].</param>
    /// <exception cref="ArgumentException">The length is not tokens · width.</exception>
    public void Set(int sample, ReadOnlySpan<T> values)
    {
        RequireLength(values.Length, nameof(values));
        Padding.Copy(values, Shape.Width, Sample(sample), Stride, Shape.Tokens, Shape.Width);
    }

    /// <summary>Copies one sample without its padding.</summary>
    /// <param name="sample">Index in the batch.</param>
    /// <param name="values">Receives [tokens, width].</param>
    /// <exception cref="ArgumentException">The length is not tokens · width.</exception>
    public void Get(int sample, Span<T> values)
    {
        RequireLength(values.Length, nameof(values));
        for (int t = 0; t < Shape.Tokens; t++)
        {
            Row(sample, t).CopyTo(values[(t * Shape.Width)..]);
        }
    }

    private void RequireLength(int length, string name)
    {
        if (length != Shape.Tokens * Shape.Width)
        {
            throw new ArgumentException($"Expected {Shape.Tokens} x {Shape.Width} numbers, got {length}.", name);
        }
    }
}
