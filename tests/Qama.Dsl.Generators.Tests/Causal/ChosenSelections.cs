using Qama.Problems;
using Qama.Sampling;

namespace Qama.Generators.Tests.Causal;

/// <summary>Answers with random selections that depend on the key alone: within the bounds, of present variables.</summary>
/// <param name="heads">Heads.</param>
/// <param name="bits">Bits of a weight.</param>
/// <param name="most">Most tokens of a head.</param>
internal sealed class ChosenSelections(int heads, int bits, int most) : ISampler
{
    public string Name => "chosen selections";

    /// <summary>Told of every problem with its number in the batch, before it is answered.</summary>
    public Action<ProblemBatch, int, Func<byte[]>>? Asked { get; set; }

    /// <summary>States of the problems of each call, in order.</summary>
    public List<byte[][]> Answers { get; } = [];

    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        var answers = new byte[problems.Count][];
        for (int p = 0; p < problems.Count; p++)
        {
            ulong seed = key.Stream(p).NextUInt64();
            var random = new Random((int)(seed & int.MaxValue));
            int problem = p;
            Asked?.Invoke(problems, p, () => Draw(problems, problem, random));
            answers[p] = Draw(problems, p, random);
            answers[p].CopyTo(result.State(p));
        }

        Answers.Add(answers);
        return ValueTask.CompletedTask;
    }

    private byte[] Draw(ProblemBatch problems, int problem, Random random)
    {
        var state = new byte[problems.VariableCount];
        int perHead = state.Length / heads;
        for (int h = 0; h < heads; h++)
        {
            int[] tokens = [.. Enumerable.Range(0, perHead / bits)
                .Where(t => problems.IsPresent(problem, (h * perHead) + (t * bits))).OrderBy(_ => random.Next())];
            foreach (int t in tokens.Take(random.Next(Math.Min(most, tokens.Length) + 1)))
            {
                for (int b = 0; b < bits; b++)
                {
                    state[(h * perHead) + (t * bits) + b] = (byte)random.Next(2);
                }
            }
        }

        return state;
    }
}
