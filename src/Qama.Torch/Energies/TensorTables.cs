using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Energies;

/// <summary>What a model's energy has as tables, on a device: uploaded once per device and number type, kept as long as
/// the energy.</summary>
internal sealed class TensorTables
{
    private static readonly ConditionalWeakTable<
        TensorEnergy, ConcurrentDictionary<Place, Lazy<TensorTables>>> _cache = [];

    private TensorTables(TensorEnergy energy, ScalarType type, torch.Device device)
    {
        Pairs = energy.PairPenalties is { } pairs
            ? Upload(pairs.MakeRows(), type, device, energy.Tokens, pairs.Heads, energy.Tokens) : null;
        Singles = energy.TokenPenalties is { } singles
            ? Upload(singles.MakeRows(), type, device, energy.Tokens, singles.Heads) : null;
        double unit = 1.0 / ((1L << energy.Bits) - 1);
        double[] powers = [.. Enumerable.Range(0, energy.Bits).Select(b => (double)(1L << b))];
        Bits = Upload([.. powers.Select(p => unit * p)], type, device, energy.Bits);
        Powers = Upload(powers, ScalarType.Int64, device, energy.Bits);
    }

    /// <summary>The penalties of pairs of tokens, [heads or 1, tokens, tokens]; null for none.</summary>
    public Tensor? Pairs { get; }

    /// <summary>The penalties of single tokens, [heads or 1, tokens]; null for none.</summary>
    public Tensor? Singles { get; }

    /// <summary>c_b = 2^b/(2^B − 1), [bits].</summary>
    public Tensor Bits { get; }

    /// <summary>2^b, [bits], integers.</summary>
    public Tensor Powers { get; }

    /// <summary>The tables of an energy on a device.</summary>
    public static TensorTables Of(TensorEnergy energy, ScalarType type, torch.Device device) =>
        _cache.GetValue(energy, static _ => new()).GetOrAdd(
            new Place(device.type, device.index, type),
            _ => new Lazy<TensorTables>(() => new TensorTables(energy, type, device))).Value;

    // Rows, which may be padded, of the shape [heads, length].
    private static Tensor Upload(
        double[] values, ScalarType type, torch.Device device, int length, params ReadOnlySpan<long> rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor padded = tensor(values).view([.. rows, -1]);
        return padded.narrow(-1, 0, length).to(type, device).contiguous().DetachFromDisposeScope();
    }

    private readonly record struct Place(DeviceType Device, int Index, ScalarType Type);
}
