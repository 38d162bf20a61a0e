using System.Numerics;

namespace Qama.Sampling;

/// <summary>A walk through all states of a problem in Gray-code order, one variable flipped per step, with the energy
/// of each, the constant left out.</summary>
/// <typeparam name="T">Energies: of unlimited precision where the walk is exact.</typeparam>
internal abstract class StateWalk<T>
    where T : struct, INumber<T>
{
    private readonly int[] _variables; // the present ones

    private protected StateWalk(int[] variables) => _variables = variables;

    /// <summary>Energy of the present state, in units of the walk's own.</summary>
    public T Energy { get; protected set; }

    /// <summary>The present state as a number: present variable k is bit k.</summary>
    public ulong Code => Steps ^ (Steps >> 1);

    /// <summary>Steps since the state of zeros.</summary>
    protected ulong Steps { get; private set; }

    /// <summary>The number of present variables.</summary>
    protected int Count => _variables.Length;

    /// <summary>Goes to the state of zeros.</summary>
    public void Restart()
    {
        Steps = 0;
        Start();
    }

    /// <summary>Goes to the next state; false when all have been visited.</summary>
    public bool Next()
    {
        if (++Steps >> Count != 0)
        {
            return false;
        }

        Flip(BitOperations.TrailingZeroCount(Steps));
        return true;
    }

    /// <summary>Writes the state of a code.</summary>
    public void Write(ulong code, Span<byte> state)
    {
        state.Clear();
        for (int k = 0; k < _variables.Length; k++)
        {
            state[_variables[k]] = (byte)((code >> k) & 1);
        }
    }

    /// <summary>Energies this close to that of a state are the same to double precision: n·2⁻⁵² of the sizes of the
    /// coefficients that it adds up.</summary>
    public abstract T Rounding(ulong code);

    /// <summary>A difference of energies in units of energy.</summary>
    public abstract double InUnitsOfEnergy(T difference);

    /// <summary>The state of zeros and its energy.</summary>
    protected abstract void Start();

    /// <summary>Flips present variable k and finds the energy.</summary>
    protected abstract void Flip(int k);
}
