using Qama.Training.Modules;

namespace Qama.Examples.LongTasks;

/// <summary>A module on sequences of ids, of whose output rows only those of asked tokens go on: [tokens, 1] to [asked,
/// width]. Logits of a large vocabulary are dear, and nobody asks the other tokens.</summary>
internal sealed class AskedRows : Module<float>
{
    private readonly TokenTask _task;
    private readonly Module<float> _body;
    private readonly int[] _ids;
    private Activations<float>? _rows;
    private Activations<float>? _gradient;
    private int[] _places = [];

    /// <param name="task">Says which tokens are asked.</param>
    /// <param name="body">The module, [tokens, 1] to [tokens, width].</param>
    public AskedRows(TokenTask task, Module<float> body)
        : base(body.InputShape, body.OutputShape with { Tokens = task.Asked })
    {
        (_task, _body) = (task, body);
        _ids = new int[task.Tokens];
        Parameters = body.Parameters;
        Buffers = body.Buffers;
    }

    /// <inheritdoc/>
    public override string Description => $"{base.Description}\n{_body.Description}";

    /// <inheritdoc/>
    public override string? FindFault(ReadOnlySpan<float> sample) => _body.FindFault(sample);

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        _rows = new Activations<float>(Capacity, _body.OutputShape);
        _gradient = new Activations<float>(Capacity, _body.OutputShape);
        _places = new int[Capacity * _task.Asked];
        _body.Allocate(Capacity, Threads);
    }

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<float> input, Activations<float> output, BatchInfo batch)
    {
        _body.Forward(input, _rows!, batch);
        for (int s = 0; s < Count; s++)
        {
            for (int t = 0; t < _ids.Length; t++)
            {
                _ids[t] = (int)input.Row(s, t)[0];
            }

            _task.FindAsked(_ids, _places.AsSpan(s * _task.Asked, _task.Asked));
            for (int a = 0; a < _task.Asked; a++)
            {
                _rows!.Row(s, Place(s, a)).CopyTo(output.Row(s, a));
            }
        }
    }

    /// <inheritdoc/>
    protected override void BackwardCore(
        Activations<float> input, Activations<float> outputGradient, Activations<float>? inputGradient)
    {
        for (int s = 0; s < Count; s++)
        {
            _gradient!.Sample(s).Clear();
            for (int a = 0; a < _task.Asked; a++)
            {
                outputGradient.Row(s, a).CopyTo(_gradient.Row(s, Place(s, a)));
            }
        }

        _body.Backward(input, _gradient!, inputGradient);
    }

    /// <inheritdoc/>
    protected override void OnModeChanged() => _body.Mode = Mode;

    private int Place(int sample, int asked) => _places[sample * _task.Asked + asked];
}
