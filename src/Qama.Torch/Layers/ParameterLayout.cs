using Qama.Layers;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>The roles of a layer's parameters and buffers, which come as lists in the native layer's order.</summary>
internal sealed class ParameterLayout
{
    private readonly RoleIndices[] _roles = new RoleIndices[3];
    private readonly int _firstLearnable;
    private readonly int _learnedCoupling;
    private readonly (bool Exists, int Parameter, int Buffer)[] _norms = new (bool, int, int)[3];

    public ParameterLayout(ModelDescriptor model)
    {
        int next = 0;
        int[] norms = Take(model.HasLayerNorm, 2);
        int[] weights = Take(model.HasProjection, 1);
        int[] biases = Take(model.HasProjection && model.HasProjectionBias, 1);
        for (int role = 0; role < 3; role++)
        {
            _roles[role] = new RoleIndices(norms[role], weights[role], biases[role]);
        }

        _firstLearnable = next;
        next += model.Learnables.Count;
        _learnedCoupling = next;
        next += model.LearnedCoupling is null ? 0 : 1;
        int buffer = 0;
        foreach (HeadNormKind kind in Enum.GetValues<HeadNormKind>())
        {
            bool exists = kind switch
            {
                HeadNormKind.Coupling => model.NormalizesCouplings,
                HeadNormKind.Field => model.NormalizesFields,
                _ => model.NormalizesOutput,
            };
            _norms[(int)kind] = (exists, next, buffer);
            next += exists ? 2 : 0;
            buffer += exists ? 2 : 0;
        }

        ParameterCount = next;
        BufferCount = buffer;

        int[] Take(bool exists, int each)
        {
            int first = next;
            next += exists ? 3 * each : 0;
            return [.. Enumerable.Range(0, 3).Select(role => exists ? first + role * each : -1)];
        }
    }

    /// <summary>Number of parameters.</summary>
    public int ParameterCount { get; }

    /// <summary>Number of buffers.</summary>
    public int BufferCount { get; }

    /// <summary>A learnable of the energy.</summary>
    public Tensor Learnable(IReadOnlyList<Tensor> parameters, int index) => parameters[_firstLearnable + index];

    /// <summary>The learned numbers of couplings, of a model that has them.</summary>
    public Tensor LearnedCoupling(IReadOnlyList<Tensor> parameters) => parameters[_learnedCoupling];

    /// <summary>Weight and bias of a role's norm; null without.</summary>
    public (Tensor? Weight, Tensor? Bias) LayerNorm(IReadOnlyList<Tensor> parameters, InputRole role) =>
        _roles[(int)role].Norm is var n and >= 0 ? (parameters[n], parameters[n + 1]) : (null, null);

    /// <summary>Weight and bias of a role's projection; null without.</summary>
    public (Tensor? Weight, Tensor? Bias) Projection(IReadOnlyList<Tensor> parameters, InputRole role)
    {
        RoleIndices indices = _roles[(int)role];
        return (At(indices.Weight), At(indices.Bias));

        Tensor? At(int index) => index < 0 ? null : parameters[index];
    }

    /// <summary>A batch norm; null without.</summary>
    public HeadNormTensors? HeadNorm(TensorPass pass, HeadNormKind kind)
    {
        (bool exists, int p, int b) = _norms[(int)kind];
        return exists
            ? new HeadNormTensors(
                kind, pass.Parameters[p], pass.Parameters[p + 1], pass.Buffers[b], pass.Buffers[b + 1], pass.IsTraining)
            : null;
    }

    private readonly record struct RoleIndices(int Norm, int Weight, int Bias);
}

/// <summary>What an input is for, in the order of the parameters.</summary>
internal enum InputRole
{
    Query,
    Key,
    Value,
}

/// <summary>What a batch norm normalises, in the order of the parameters.</summary>
internal enum HeadNormKind
{
    Coupling,
    Field,
    Output,
}
