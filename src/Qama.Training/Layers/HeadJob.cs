using Qama.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>Passes over heads whose rows stand side by side: whole samples while there are as many as threads, else heads of
/// samples, as rows of two heads may share a cache line.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="heads">Number of heads.</param>
internal abstract class HeadJob<T>(int heads) : ParallelJob
    where T : unmanaged
{
    private Activations<T>? _input;
    private Activations<T>? _output;
    private Activations<T>? _inputGradient;
    private int _headsPerItem;

    /// <summary>Runs a pass.</summary>
    /// <param name="count">Samples.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="input">Queries, keys and values of all heads.</param>
    /// <param name="output">Receives outputs; in the backward pass, their gradient.</param>
    /// <param name="inputGradient">Receives the input's gradient; null in the forward pass.</param>
    public void Run(int count, int threads, Activations<T> input, Activations<T> output, Activations<T>? inputGradient)
    {
        (_input, _output, _inputGradient) = (input, output, inputGradient);
        _headsPerItem = count >= threads ? heads : 1;
        WorkerPool.Shared.Run(this, count * (heads / _headsPerItem), threads);
    }

    /// <inheritdoc/>
    public sealed override void Execute(int index, int worker)
    {
        int items = heads / _headsPerItem, sample = index / items;
        for (int k = 0; k < _headsPerItem; k++)
        {
            int head = index % items * _headsPerItem + k;
            if (_inputGradient is null)
            {
                Forward(sample, head, worker, _input!, _output!);
            }
            else
            {
                Backward(sample, head, worker, _input!, _output!, _inputGradient);
            }
        }
    }

    /// <summary>The outputs of one head.</summary>
    protected abstract void Forward(int sample, int head, int worker, Activations<T> input, Activations<T> output);

    /// <summary>The gradient of one head's queries, keys and values.</summary>
    protected abstract void Backward(
        int sample, int head, int worker, Activations<T> input, Activations<T> outputGradient, Activations<T> inputGradient);
}
