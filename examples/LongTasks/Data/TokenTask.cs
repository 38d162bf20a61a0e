using Qama.Numerics;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.LongTasks;

/// <summary>A task on sequences of token ids: some tokens are asked, and each has one right class.</summary>
/// <param name="kind">The task's name, without the length.</param>
/// <param name="length">The length that the task's source names.</param>
/// <param name="tokens">Tokens of a sequence.</param>
/// <param name="vocabulary">Number of ids.</param>
/// <param name="asked">Tokens of a sequence that are asked; 1 where the sequence as a whole is.</param>
/// <param name="classes">Number of classes.</param>
internal abstract class TokenTask(string kind, int length, int tokens, int vocabulary, int asked, int classes)
{
    /// <summary>The id that nothing of a sequence has but what fills it up behind its end, in tasks of sequences of several
    /// lengths.</summary>
    public const int PaddingId = 0;

    public string Kind { get; } = kind;

    public int Length { get; } = length;

    public int Tokens { get; } = tokens;

    public int Vocabulary { get; } = vocabulary;

    public int Asked { get; } = asked;

    public int Classes { get; } = classes;

    /// <summary>Draws sequences: values [count, tokens, 1], labels [count, asked]. The same seed gives the same
    /// ones.</summary>
    public Dataset<float> Draw(int count, ulong seed)
    {
        var random = new RandomStream(seed);
        var values = new float[checked(count * Tokens)];
        var labels = new int[checked(count * Asked)];
        var ids = new int[Tokens];
        for (int s = 0; s < count; s++)
        {
            Array.Clear(ids);
            Draw(ids, labels.AsSpan(s * Asked, Asked), ref random);
            for (int t = 0; t < Tokens; t++)
            {
                values[s * Tokens + t] = ids[t];
            }
        }

        return new Dataset<float>(new TokenShape(Tokens, 1), Asked, values, labels);
    }

    /// <summary>Writes one sequence.</summary>
    /// <param name="ids">Receives the ids; zeros before.</param>
    /// <param name="labels">Receives the class of every asked token.</param>
    /// <param name="random">Where chance comes from.</param>
    public abstract void Draw(Span<int> ids, Span<int> labels, ref RandomStream random);

    /// <summary>Which tokens are asked, as the ids alone say.</summary>
    /// <param name="ids">A sequence.</param>
    /// <param name="places">Receives their places, in the order of the labels.</param>
    /// <exception cref="NotSupportedException">The sequence as a whole is asked.</exception>
    public virtual void FindAsked(ReadOnlySpan<int> ids, Span<int> places) =>
        throw new NotSupportedException($"{Kind}: expected a task that asks tokens.");

    /// <summary>Places of the tokens that hold the answers; empty where none does.</summary>
    public abstract IReadOnlyList<int> FindAnswers(ReadOnlySpan<int> ids);

    /// <summary>The ids of a sequence of a data set.</summary>
    public static int[] Ids(ReadOnlySpan<float> values)
    {
        var ids = new int[values.Length];
        for (int t = 0; t < ids.Length; t++)
        {
            ids[t] = (int)values[t];
        }

        return ids;
    }

    /// <summary>Draws distinct whole numbers, in the order of drawing.</summary>
    /// <param name="first">The smallest.</param>
    /// <param name="limit">How many there are to draw from.</param>
    /// <param name="drawn">Receives them; fewer than <paramref name="limit"/>.</param>
    /// <param name="random">Where chance comes from.</param>
    protected static void DrawDistinct(int first, int limit, Span<int> drawn, ref RandomStream random)
    {
        for (int i = 0; i < drawn.Length;)
        {
            int next = first + random.NextInt32(limit);
            if (!drawn[..i].Contains(next))
            {
                drawn[i++] = next;
            }
        }
    }
}
