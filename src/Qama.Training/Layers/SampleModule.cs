using System.Numerics;
using Qama.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// A module that treats samples one by one: passes run over samples in parallel, then gradients of parameters are summed
/// over samples in a fixed order, in parallel over independent parts of the parameters.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <param name="input">Shape of an input sample.</param>
/// <param name="output">Shape of an output sample.</param>
public abstract class SampleModule<T>(TokenShape input, TokenShape output) : Module<T>(input, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Job? _job;

    /// <summary>Independent parts that parameter gradients are summed in; 0 without parameters.</summary>
    protected virtual int GradientParts => 0;

    /// <summary>Elements of scratch memory that one thread needs.</summary>
    protected virtual int ScratchLength => 0;

    /// <summary>Prepares what all samples share, once per forward pass.</summary>
    protected virtual void BeginForward()
    {
    }

    /// <summary>Computes one sample's output, [tokens, stride], padding zero.</summary>
    protected abstract void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch);

    /// <summary>Computes one sample's input gradient; <paramref name="inputGradient"/> is empty if not wanted.</summary>
    protected abstract void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch);

    /// <summary>Adds one part of the parameter gradients, summed over samples in order.</summary>
    /// <param name="part">0..<see cref="GradientParts"/>−1.</param>
    /// <param name="input">The batch's input.</param>
    /// <param name="outputGradient">The batch's output gradient.</param>
    protected virtual void AddParameterGradients(int part, Activations<T> input, Activations<T> outputGradient)
    {
    }

    /// <inheritdoc/>
    protected override void AllocateCore() => _job = new Job(this, new T[checked(Threads * ScratchLength)]);

    /// <inheritdoc/>
    protected sealed override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        BeginForward();
        _job!.Set(Stage.Forward, input, output, null);
        WorkerPool.Shared.Run(_job, Count, Threads);
    }

    /// <inheritdoc/>
    protected sealed override void BackwardCore(
        Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        _job!.Set(Stage.Backward, input, outputGradient, inputGradient);
        WorkerPool.Shared.Run(_job, Count, Threads);
        _job.Set(Stage.Parameters, input, outputGradient, null);
        WorkerPool.Shared.Run(_job, GradientParts, Threads);
    }

    private enum Stage
    {
        Forward,
        Backward,
        Parameters,
    }

    private sealed class Job(SampleModule<T> module, T[] scratch) : ParallelJob
    {
        private Stage _stage;
        private Activations<T>? _input;
        private Activations<T>? _output;
        private Activations<T>? _inputGradient;

        public void Set(Stage stage, Activations<T> input, Activations<T> output, Activations<T>? inputGradient) =>
            (_stage, _input, _output, _inputGradient) = (stage, input, output, inputGradient);

        public override void Execute(int index, int worker)
        {
            int length = module.ScratchLength;
            Span<T> own = scratch.AsSpan(worker * length, length);
            switch (_stage)
            {
                case Stage.Forward:
                    module.ForwardSample(index, _input!.Sample(index), _output!.Sample(index), own);
                    break;
                case Stage.Backward:
                    Span<T> gradient = _inputGradient is null ? [] : _inputGradient.Sample(index);
                    module.BackwardSample(index, _input!.Sample(index), _output!.Sample(index), gradient, own);
                    break;
                default:
                    module.AddParameterGradients(index, _input!, _output!);
                    break;
            }
        }
    }
}
