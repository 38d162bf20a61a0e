using Qama.Training;
using Qama.Training.Layers;

namespace Qama.Examples.Sequences;

/// <summary>Sums over evaluated batches what heads selected.</summary>
internal sealed class SelectionStatistics(RetrievalTask task, QuboAttentionModule<float>? layer, Dataset<float> data)
{
    private int _sequences;
    private long _selected;
    private long _distance;
    private int _found;
    private int _heads;

    /// <summary>The means; null without a declared layer.</summary>
    public SelectionSummary? Summary => layer is null ? null : new SelectionSummary(
        _selected / (double)(_sequences * RetrievalModel.Heads), _found / (double)_sequences, _heads / (double)_sequences,
        _distance / (double)Math.Max(1, _selected));

    /// <summary>Adds the batch that the layer has just seen: the next samples of the data.</summary>
    public void Add(int count)
    {
        for (int s = 0; s < count && layer is not null; s++)
        {
            int answer = task.AnswerOf(data.Values(_sequences + s));
            int heads = 0;
            for (int h = 0; h < RetrievalModel.Heads; h++)
            {
                ReadOnlySpan<byte> selection = layer.Samples.State(s).Slice(h * task.Tokens, task.Tokens);
                heads += selection.Slice(answer, task.RecordLength).Contains((byte)1) ? 1 : 0;
                for (int token = 0; token < selection.Length; token++)
                {
                    _selected += selection[token];
                    _distance += selection[token] * (task.Tokens - 1 - token);
                }
            }

            _found += heads > 0 ? 1 : 0;
            _heads += heads;
        }

        _sequences += count;
    }
}
