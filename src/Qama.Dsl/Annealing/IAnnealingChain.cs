using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>What <see cref="AnnealingDriver"/> asks of a kernel: a state, moves, and two states that are kept.</summary>
internal interface IAnnealingChain
{
    /// <summary>Sweeps after which <see cref="Refresh"/> wipes rounding errors out.</summary>
    static abstract int RefreshInterval { get; }

    /// <summary>The energy that moves have added up to since the chain was made; only differences matter.</summary>
    double EnergyChange { get; }

    /// <summary>A greedy state: one sweep from nothing selected, which is the state that a chain is made with.</summary>
    void Fill();

    /// <summary>A random state.</summary>
    void Randomise(scoped ref RandomStream random);

    /// <summary>A given state.</summary>
    void Read(scoped ReadOnlySpan<byte> state);

    /// <summary>Hands the state out.</summary>
    void Write(scoped Span<byte> state);

    /// <summary>The units of temperatures, in the state that <see cref="Fill"/> leaves.</summary>
    TemperatureScale EnergyScale();

    /// <summary>One sweep by Metropolis' rule, or one like it.</summary>
    void Cool(in AnnealingStep step, scoped ref RandomStream random);

    /// <summary>Before the first sweep at a fixed temperature.</summary>
    void StartSampling(scoped ref RandomStream random);

    /// <summary>One sweep of a heat bath.</summary>
    void Sample(in AnnealingStep step, scoped ref RandomStream random);

    /// <summary>Moves that lower the energy, until there are none or they have been many.</summary>
    void Descend(scoped ref RandomStream random, CancellationToken cancellation);

    /// <summary>What follows from the state, from nothing.</summary>
    void Refresh();

    /// <summary>The state's energy; a constant may be missing.</summary>
    double ComputeEnergy();

    /// <summary>Keeps the state as the lowest of the annealing under way.</summary>
    void KeepBest();

    /// <summary>Goes back to that state.</summary>
    /// <param name="isPresent">Whether it is the present one.</param>
    void TakeBest(bool isPresent);

    /// <summary>Keeps the state as that of the best annealing so far.</summary>
    void KeepLowest();

    /// <summary>Goes back to that state; nothing but <see cref="Write"/> follows.</summary>
    void TakeLowest();
}

/// <summary>A sweep.</summary>
/// <param name="Sweep">Its number, from 1.</param>
/// <param name="Sweeps">Of all sweeps.</param>
/// <param name="Temperature">In units of energy.</param>
/// <param name="Cancellation">Long sweeps look at it.</param>
internal readonly record struct AnnealingStep(int Sweep, int Sweeps, float Temperature, CancellationToken Cancellation);
