using System.Numerics;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training;

/// <summary>What shards add up, as one row of numbers: gradients of the parameters, then values of the buffers.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="parameters">The parameters.</param>
/// <param name="buffers">The buffers.</param>
internal sealed class ShardNumbers<T>(IReadOnlyList<NamedParameter<T>> parameters, IReadOnlyList<NamedParameter<T>> buffers)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _places = parameters.Count + buffers.Count;

    /// <summary>How many numbers there are.</summary>
    public int Length { get; } = parameters.Sum(p => p.Parameter.Length) + buffers.Sum(b => b.Parameter.Length);

    public void CopyTo(Span<T> row)
    {
        for (int i = 0; i < _places; i++)
        {
            Span<T> part = Part(i);
            part.CopyTo(row);
            row = row[part.Length..];
        }
    }

    public void CopyFrom(ReadOnlySpan<T> row)
    {
        for (int i = 0; i < _places; i++)
        {
            Span<T> part = Part(i);
            row[..part.Length].CopyTo(part);
            row = row[part.Length..];
        }
    }

    /// <summary>Adds a row to the numbers.</summary>
    public void Add(ReadOnlySpan<T> row)
    {
        for (int i = 0; i < _places; i++)
        {
            Span<T> part = Part(i);
            Rows.AddScaled(T.One, row[..part.Length], part);
            row = row[part.Length..];
        }
    }

    private Span<T> Part(int index) => index < parameters.Count
        ? parameters[index].Parameter.Gradient
        : buffers[index - parameters.Count].Parameter.Value;
}
