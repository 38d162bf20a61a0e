using Qama.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Checks of what a pass is given that need no number of it.</summary>
internal static class PassArguments
{
    /// <summary>Whether query, key and value share one input.</summary>
    public static bool IsShared(TensorPass pass) => pass.Key is null && pass.Value is null;

    /// <summary>The name of the query, as users know it.</summary>
    public static string QueryName(TensorPass pass) => IsShared(pass) ? "input" : "query";

    /// <exception cref="ArgumentException">A shape, type or device does not fit; the message has what was
    /// expected.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation and the sampler cannot draw at a
    /// temperature.</exception>
    public static void Check(TensorPass pass, ModelDescriptor model, ParameterLayout layout)
    {
        if (pass.Parameters.Count != layout.ParameterCount || pass.Buffers.Count != layout.BufferCount)
        {
            throw new ArgumentException(
                $"Expected {layout.ParameterCount} parameters and {layout.BufferCount} buffers, got {pass.Parameters.Count} and "
                + $"{pass.Buffers.Count}.", nameof(pass));
        }

        string name = QueryName(pass);
        CheckInput(pass.Query, name, model, null);
        Tensor home = pass.Parameters.Count > 0 ? pass.Parameters[0] : pass.Query;
        string owner = pass.Parameters.Count > 0 ? "the parameters are" : $"the {name} is";
        RequireDevice(pass.Query, name, home, owner);
        if (!IsShared(pass))
        {
            CheckInput(pass.Key!, "key", model, pass.Query);
            RequireDevice(pass.Key!, "key", home, owner);
            CheckInput(pass.Value!, "value", model, pass.Query);
            RequireDevice(pass.Value!, "value", home, owner);
        }

        foreach (Tensor tensor in pass.Parameters.Concat(pass.Buffers))
        {
            RequireDevice(tensor, "parameters", home, "the first parameter is");
        }

        if (pass.Lengths is { } lengths)
        {
            CheckLengths(lengths, pass.Query.shape[0]);
            RequireDevice(lengths, "lengths", home, owner);
        }

        if (pass.Present is { } present)
        {
            RequireDevice(present, "present", home, owner);
        }

        if (model.Temperature is double temperature && !pass.Sampler.SamplesAtTemperature)
        {
            throw new NotSupportedException(
                $"{model.Name} reads an expectation at temperature {temperature}, and the sampler \"{pass.Sampler.Name}\" cannot draw at a "
                + "temperature (SamplesAtTemperature is false).");
        }
    }

    private static void CheckInput(Tensor input, string name, ModelDescriptor model, Tensor? query)
    {
        ArgumentNullException.ThrowIfNull(input, name);
        long[] shape = input.shape;
        string batch = query is null ? "batch" : $"{query.shape[0]}";
        if (shape.Length != 3 || (query is not null && shape[0] != query.shape[0]) || shape[1] != model.Tokens
            || shape[2] != model.EmbeddingDim)
        {
            throw new ArgumentException(
                $"Expected [{batch}, {model.Tokens}, {model.EmbeddingDim}], got [{string.Join(", ", shape)}].", name);
        }

        if (!input.is_floating_point())
        {
            throw new ArgumentException($"Expected floating-point numbers, got {input.dtype}.", name);
        }
    }

    private static void CheckLengths(Tensor lengths, long batch)
    {
        if (lengths.shape.Length != 1 || lengths.shape[0] != batch)
        {
            throw new ArgumentException($"Expected [{batch}], got [{string.Join(", ", lengths.shape)}].", nameof(lengths));
        }

        if (!lengths.is_integral() || lengths.dtype == ScalarType.Bool)
        {
            throw new ArgumentException($"Expected integers, got {lengths.dtype}.", nameof(lengths));
        }
    }

    private static void RequireDevice(Tensor tensor, string name, Tensor home, string owner)
    {
        if (tensor.device_type != home.device_type || tensor.device_index != home.device_index)
        {
            throw new ArgumentException($"Expected a tensor on {home.device}, where {owner}, got one on {tensor.device}.", name);
        }
    }
}
