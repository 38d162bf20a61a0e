using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Energies;

/// <summary>A batch of problems of one declared model whose numbers live on a device: couplings, fields, which tokens
/// are present.</summary>
/// <remarks>The energy is that of <see cref="Qama.Problems.IDeclaredEnergy"/>. All tensors have one device and one
/// floating-point type; they are borrowed, not owned.</remarks>
public sealed class TensorProblem
{
    /// <summary>Makes a batch.</summary>
    /// <param name="energy">The model's energy besides couplings and fields.</param>
    /// <param name="couplings">J, [batch, heads, tokens, tokens], symmetric, 0 where a token is absent or a pair
    /// masked, and on the diagonal unless the model keeps it; null without couplings.</param>
    /// <param name="fields">f, [batch, heads, tokens], 0 where a token is absent; null without fields.</param>
    /// <param name="present">Which tokens are there, [batch, tokens], booleans.</param>
    /// <exception cref="ArgumentNullException">The energy or <paramref name="present"/> is null.</exception>
    /// <exception cref="ArgumentException">A shape, type or device does not match.</exception>
    public TensorProblem(TensorEnergy energy, Tensor? couplings, Tensor? fields, Tensor present)
    {
        ArgumentNullException.ThrowIfNull(energy);
        ArgumentNullException.ThrowIfNull(present);
        Energy = energy;
        Couplings = couplings;
        Fields = fields;
        Present = present;
        if (couplings is null != !energy.HasCoupling)
        {
            throw new ArgumentException(
                energy.HasCoupling ? "The model has couplings." : "The model has no couplings.", nameof(couplings));
        }

        if (fields is null != !energy.HasField)
        {
            throw new ArgumentException(
                energy.HasField ? "The model has fields." : "The model has no fields.", nameof(fields));
        }

        long batch = present.shape.Length == 2 ? present.shape[0] : -1;
        Require(present, nameof(present), ScalarType.Bool, batch, energy.Tokens);
        Require(couplings, nameof(couplings), NumberType, batch, energy.Heads, energy.Tokens, energy.Tokens);
        Require(fields, nameof(fields), NumberType, batch, energy.Heads, energy.Tokens);
        if ((couplings ?? fields)?.is_floating_point() == false)
        {
            string name = couplings is null ? nameof(fields) : nameof(couplings);
            throw new ArgumentException($"Expected floating-point numbers, got {NumberType}.", name);
        }
    }

    /// <summary>The model's energy besides couplings and fields.</summary>
    public TensorEnergy Energy { get; }

    /// <summary>J, [batch, heads, tokens, tokens]; null without couplings.</summary>
    public Tensor? Couplings { get; }

    /// <summary>f, [batch, heads, tokens]; null without fields.</summary>
    public Tensor? Fields { get; }

    /// <summary>Presence of each token, [batch, tokens], booleans.</summary>
    public Tensor Present { get; }

    /// <summary>Weights of hard constraints computed from these coefficients, [batch, count]; null where the model has
    /// none.</summary>
    public Tensor? ComputedWeights { get; set; }

    /// <summary>Number of problems.</summary>
    public int Count => (int)Present.shape[0];

    /// <summary>The device of all tensors.</summary>
    public torch.Device Device => Present.device;

    /// <summary>The floating-point type of couplings and fields; float32 where the model has neither.</summary>
    public ScalarType NumberType => (Couplings ?? Fields)?.dtype ?? ScalarType.Float32;

    private void Require(Tensor? tensor, string name, ScalarType type, params long[] shape)
    {
        if (tensor is null)
        {
            return;
        }

        if (!tensor.shape.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"Expected [{string.Join(", ", shape)}], got [{string.Join(", ", tensor.shape)}].", name);
        }

        if (tensor.dtype != type)
        {
            throw new ArgumentException($"Expected {type}, got {tensor.dtype}.", name);
        }

        if (!tensor.IsOn(Present.device))
        {
            throw new ArgumentException($"Expected a tensor on {Present.device}, got one on {tensor.device}.", name);
        }
    }
}
