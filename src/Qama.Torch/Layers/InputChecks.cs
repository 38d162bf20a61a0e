using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Torch.Energies;
using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Checks of shapes, types and devices: whatever needs no number of a tensor.</summary>
internal static class InputChecks
{
    /// <summary>The name of one of a call's inputs, as users know it.</summary>
    /// <param name="inputs">One input, or query, key and value.</param>
    /// <param name="index">Which.</param>
    public static string NameOf(IReadOnlyList<Tensor> inputs, int index) =>
        inputs.Count == 1 ? "input" : index == 0 ? "query" : index == 1 ? "key" : "value";

    /// <summary>Refuses inputs that a model cannot take.</summary>
    /// <param name="inputs">One input, or query, key and value.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentNullException">One is null.</exception>
    /// <exception cref="ArgumentException">A shape or type does not fit, or inputs differ in number of samples or
    /// device.</exception>
    public static void RequireInputs(IReadOnlyList<Tensor> inputs, ModelDescriptor model)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            RequireInput(
                inputs[i], NameOf(inputs, i), i == 0 ? model.Tokens : model.KeyTokens, model.EmbeddingDim, inputs[0]);
        }
    }

    /// <summary>The lengths of a batch's samples.</summary>
    /// <exception cref="ArgumentException">No integers, another number of them, or one out of range.</exception>
    public static int[] ReadLengths(Tensor lengths, long batch, int tokens, string name = "lengths")
    {
        RequireLengths(lengths, batch, name);
        using DisposeScope scope = NewDisposeScope();
        Tensor plain = lengths.to(ScalarType.Int64, CPU).contiguous();
        ReadOnlySpan<long> values = batch == 0 ? [] : MemoryMarshal.Cast<byte, long>(plain.bytes);
        var counts = new int[values.Length];
        for (int s = 0; s < counts.Length; s++)
        {
            counts[s] = values[s] >= 0 && values[s] <= tokens
                ? (int)values[s] : throw OutOfRange(s, values[s], tokens, name);
        }

        return counts;
    }

    /// <summary>What is said of a length that is out of range.</summary>
    public static ArgumentException OutOfRange(long sample, long length, int tokens, string name) =>
        new($"Sample {sample}: expected a length in 0..{tokens}, got {length}.", name);

    /// <summary>Refuses a model whose gradient goes through the solver in a way that torch's operations do not have.</summary>
    /// <exception cref="NotSupportedException">It does; the message names the backend that has it.</exception>
    public static void RequireGradient(ModelDescriptor model, TensorReadoutKind readout)
    {
        bool isPlain = model.Gradient.Kind == GradientKind.Energy;
        bool isExpectation = model.Gradient.Kind == GradientKind.Covariance
            && readout is TensorReadoutKind.LocalEnergy or TensorReadoutKind.Expectation or TensorReadoutKind.MarginalAttention
                or TensorReadoutKind.Terms;
        if (!isPlain && !isExpectation)
        {
            throw new NotSupportedException(
                $"{model.Name} has the gradient {model.Gradient} of {readout}, which torch's operations do not have: Backend.Native does.");
        }
    }

    /// <summary>Refuses what a pass on tensors cannot be made of.</summary>
    /// <exception cref="ArgumentException">A shape, type or device does not fit; the message has what was
    /// expected.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation and the sampler cannot draw at a
    /// temperature.</exception>
    public static void RequirePass(TensorPass pass, ModelDescriptor model, ParameterLayout layout)
    {
        if (pass.Parameters.Count != layout.ParameterCount || pass.Buffers.Count != layout.BufferCount)
        {
            throw new ArgumentException(
                $"Expected {layout.ParameterCount} parameters and {layout.BufferCount} buffers, got "
                + $"{pass.Parameters.Count} and {pass.Buffers.Count}.", nameof(pass));
        }

        RequireInputs(pass.Inputs, model);
        bool hasParameters = pass.Parameters.Count > 0;
        Tensor home = hasParameters ? pass.Parameters[0] : pass.Inputs[0];
        string owner = hasParameters ? "the parameters are" : $"the {NameOf(pass.Inputs, 0)} is";
        RequireDevice(pass.Inputs[0], NameOf(pass.Inputs, 0), home, owner);
        foreach (Tensor tensor in pass.Parameters.Concat(pass.Buffers))
        {
            RequireDevice(tensor, "parameters", home, "the first parameter is");
        }

        if (pass.Lengths is { } lengths)
        {
            RequireLengths(lengths, pass.Inputs[0].shape[0], nameof(lengths));
            RequireDevice(lengths, nameof(lengths), home, owner);
        }

        if (pass.Present is { } present)
        {
            RequireDevice(present, nameof(present), home, owner);
        }

        if (model.Temperature is double temperature && !pass.Sampler.SamplesAtTemperature)
        {
            throw new NotSupportedException(
                $"{model.Name} reads an expectation at temperature {temperature}, and the sampler "
                + $"\"{pass.Sampler.Name}\" cannot draw at a temperature (SamplesAtTemperature is false).");
        }
    }

    private static void RequireInput(Tensor input, string name, int tokens, int width, Tensor first)
    {
        ArgumentNullException.ThrowIfNull(input, name);
        long[] shape = input.shape;
        if (shape.Length != 3 || shape[1] != tokens || shape[2] != width)
        {
            throw new ArgumentException(
                $"Expected a tensor [batch, {tokens}, {width}], got [{string.Join(", ", shape)}].",
                name);
        }

        if (input.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
        {
            throw new ArgumentException($"Expected floating-point numbers, got {input.dtype}.", name);
        }

        if (shape[0] != first.shape[0])
        {
            throw new ArgumentException($"Expected {first.shape[0]} samples like the query's, got {shape[0]}.", name);
        }

        RequireDevice(input, name, first, "the query is");
    }

    private static void RequireLengths(Tensor lengths, long batch, string name)
    {
        if (!lengths.is_integral() || lengths.dtype == ScalarType.Bool
            || !lengths.shape.AsSpan().SequenceEqual([batch]))
        {
            throw new ArgumentException(
                $"Expected {batch} integers, one per sample, got {lengths.dtype} of shape "
                + $"[{string.Join(", ", lengths.shape)}].", name);
        }
    }

    private static void RequireDevice(Tensor tensor, string name, Tensor home, string owner)
    {
        if (!tensor.IsOn(home.device))
        {
            throw new ArgumentException(
                $"Expected a tensor on {home.device}, where {owner}, got one on {tensor.device}.", name);
        }
    }
}
