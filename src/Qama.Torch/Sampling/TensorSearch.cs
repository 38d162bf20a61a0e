using Qama.Problems;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>What the samplers here have in common: checks, random numbers, the finished result.</summary>
internal static class TensorSearch
{
    /// <summary>Makes the samples of a batch.</summary>
    /// <param name="problem">The problems.</param>
    /// <param name="reads">Reads per problem.</param>
    /// <param name="temperature">Null, or the temperature of a sampler that has one.</param>
    /// <param name="key">What random numbers depend on.</param>
    /// <param name="search">From terms and random numbers to states, [batch, reads, heads, tokens, bits]; run without a
    /// record for autograd in a dispose scope.</param>
    public static TensorSamples Run(
        TensorProblem problem, int reads, double? temperature, SamplingKey key,
        Func<TensorEnergyTerms, torch.Generator, Tensor> search)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentOutOfRangeException.ThrowIfLessThan(reads, 1);
        if (temperature is double value && !(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(temperature), value, "Expected a positive, finite temperature or none.");
        }

        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        TensorEnergy energy = problem.Energy;
        if (problem.Count == 0)
        {
            long[] shape = [0, reads, energy.Heads, energy.Tokens, energy.Bits];
            return new TensorSamples(
                scope.MoveToOuter(zeros(shape, ScalarType.Bool, problem.Device)),
                scope.MoveToOuter(zeros([0, reads], problem.NumberType, problem.Device)));
        }

        var terms = new TensorEnergyTerms(problem);
        RequireFinite(problem, terms);
        using var generator = new torch.Generator(key.Stream(0).NextUInt64(), problem.Device);
        Tensor states = search(terms, generator);
        Tensor energies = terms.Energies(states);
        if (temperature is null)
        {
            Tensor order = energies.argsort(1);
            energies = energies.gather(1, order);
            states = states.gather(1, order.view(problem.Count, reads, 1, 1, 1).expand(states.shape));
        }

        return new TensorSamples(scope.MoveToOuter(states), scope.MoveToOuter(energies.to(problem.NumberType)));
    }

    /// <summary>Refuses a temperature.</summary>
    public static void RequireNone(double? temperature, string sampler)
    {
        if (temperature is not null)
        {
            throw new NotSupportedException($"A temperature is asked for; {sampler} only looks for low energies.");
        }
    }

    /// <summary>Checks a setting.</summary>
    public static double Within(double value, double least, double most, string name) =>
        value >= least && value <= most
            ? value : throw new ArgumentOutOfRangeException(name, value, $"Expected {name} in {least} to {most}.");

    // One number per problem comes back to the host, before any search.
    private static void RequireFinite(TensorProblem problem, TensorEnergyTerms terms)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] sizes = terms.LargestSize().to(ScalarType.Float64, CPU).data<double>().ToArray();
        int faulty = Array.FindIndex(sizes, s => !double.IsFinite(s));
        if (faulty >= 0)
        {
            throw new ArgumentException(
                $"Problem {faulty} of the batch has a coefficient that is NaN or infinite.", nameof(problem));
        }
    }
}
