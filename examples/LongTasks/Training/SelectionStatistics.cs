using Qama.Training;
using Qama.Training.Layers;

namespace Qama.Examples.LongTasks;

/// <summary>Sums over evaluated batches what heads selected; of causal selections what the last block read.</summary>
/// <param name="task">Says which tokens hold answers.</param>
/// <param name="layers">The declared layers, first block first; may be empty.</param>
/// <param name="data">What is evaluated.</param>
internal sealed class SelectionStatistics(
    TokenTask task, IReadOnlyList<QuboAttentionModule<float>> layers, Dataset<float> data)
{
    private int _sequences;
    private long _selected;
    private long _heads;
    private long _answers;
    private long _found;

    /// <summary>The means; null without a declared layer.</summary>
    public SelectionSummary? Summary => layers.Count == 0 ? null : new SelectionSummary(
        _selected / (double)_heads, _answers == 0 ? null : _found / (double)_answers);

    /// <summary>Adds the batch that the layers have just seen: the next samples of the data.</summary>
    public void Add(int count)
    {
        for (int s = 0; s < count && layers.Count > 0; s++)
        {
            foreach (QuboAttentionModule<float> layer in layers)
            {
                int problems = layer.Layer.Model.ProblemsPerSample;
                for (int p = s * problems; p < (s + 1) * problems; p++)
                {
                    ReadOnlySpan<byte> state = layer.Samples.State(p);
                    _heads += layer.Layer.Model.HeadCount;
                    _selected += state.Count((byte)1);
                }
            }

            if (layers[^1].Layer.Model.Scope == SelectionScope.Head)
            {
                AddAnswers(layers[^1].Samples.State(s), _sequences + s);
            }
        }

        _sequences += count;
    }

    // Of selections that all queries share.
    private void AddAnswers(ReadOnlySpan<byte> state, int sequence)
    {
        foreach (int answer in task.FindAnswers(TokenTask.Ids(data.Values(sequence))))
        {
            _answers++;
            _found += SelectedByAny(state, answer) ? 1 : 0;
        }
    }

    private bool SelectedByAny(ReadOnlySpan<byte> state, int token)
    {
        for (int v = token; v < state.Length; v += task.Tokens)
        {
            if (state[v] != 0)
            {
                return true;
            }
        }

        return false;
    }
}
