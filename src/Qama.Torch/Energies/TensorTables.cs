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
        TensorEnergy, ConcurrentDictionary<(DeviceType Type, int Index, ScalarType Number), Lazy<TensorTables>>> _cache = [];

    private TensorTables(TensorEnergy energy, ScalarType type, torch.Device device)
    {
        Pairs = energy.PairPenalties is double[,,] pairs
            ? Upload(pairs, type, device, pairs.GetLength(0), energy.Tokens, energy.Tokens) : null;
        Singles = energy.TokenPenalties is double[,] singles
            ? Upload(singles, type, device, singles.GetLength(0), energy.Tokens) : null;
        double unit = 1.0 / ((1L << energy.Bits) - 1);
        Bits = Upload(
            Enumerable.Range(0, energy.Bits).Select(b => unit * (1L << b)).ToArray(), type, device, energy.Bits);
        Powers = Upload(
            Enumerable.Range(0, energy.Bits).Select(b => (double)(1L << b)).ToArray(), ScalarType.Int64, device, energy.Bits);
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
            (device.type, device.index, type), _ => new Lazy<TensorTables>(() => new TensorTables(energy, type, device))).Value;

    private static Tensor Upload(Array values, ScalarType type, torch.Device device, params long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor(values.Cast<double>().ToArray(), shape, ScalarType.Float64).to(type, device).DetachFromDisposeScope();
    }
}
