namespace Qama.Generators.Energy;

/// <summary>What a node of the term algebra computes from its operands.</summary>
internal enum Operation
{
    /// <summary>A number.</summary>
    Constant,

    /// <summary>An input: see <see cref="Symbol"/>.</summary>
    Symbol,

    // Elementwise; a scalar operand is repeated along a vector one.
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,
    Max,
    Min,
    Sqrt,
    Exp,
    Log,
    Tanh,
    Abs,

    /// <summary>1 where the first operand is at least the second, else 0. Its derivative is 0.</summary>
    AtLeast,

    /// <summary>The operand, held constant in derivatives.</summary>
    Detach,

    /// <summary>Sum over the dimensions of a vector.</summary>
    Sum,

    /// <summary>Largest of the dimensions of a vector.</summary>
    Largest,
}
