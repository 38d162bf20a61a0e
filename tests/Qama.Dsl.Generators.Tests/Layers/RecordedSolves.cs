using Qama.Problems;
using Qama.Sampling;

namespace Qama.Generators.Tests.Layers;

/// <summary>Answers one solve after another with given states, [solve][problem], and keeps what the rewards of single bits were. A
/// repeated backward pass gets the same answers again.</summary>
internal sealed class RecordedSolves(byte[][][] answers, int forward) : ISampler
{
    public string Name => "recorded solves";

    public bool SamplesAtTemperature => true;

    /// <summary>E of nothing selected minus E of one bit alone, [solve][problem][variable].</summary>
    public List<double[][]> Rewards { get; } = [];

    /// <summary>The random numbers of each solve.</summary>
    public List<SamplingKey> Keys { get; } = [];

    public async ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        await Task.Yield(); // as a machine does
        Assert.Equal(1, result.ReadCount);
        int solve = Rewards.Count < forward ? Rewards.Count : forward + ((Rewards.Count - forward) % (answers.Length - forward));
        for (int p = 0; p < problems.Count; p++)
        {
            answers[solve][p].CopyTo(result.State(p));
            result.Energy(p) = problems.Energy(p, result.State(p));
        }

        Keys.Add(key);
        Rewards.Add(RewardsOf(problems));
    }

    public static double[][] RewardsOf(ProblemBatch problems) => [.. Enumerable.Range(0, problems.Count).Select(p =>
    {
        var state = new byte[problems.VariableCount];
        double nothing = problems.Energy(p, state);
        return Enumerable.Range(0, state.Length).Select(v =>
        {
            state[v] = 1;
            double reward = nothing - problems.Energy(p, state);
            state[v] = 0;
            return reward;
        }).ToArray();
    })];
}
