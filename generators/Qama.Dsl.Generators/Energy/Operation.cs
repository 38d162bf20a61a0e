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
    Sin,
    Cos,
    Abs,

    /// <summary>The whole number next to the operand towards 0. Only of positions, which have no derivative.</summary>
    Truncate,

    /// <summary>1 where the first operand is at least the second, else 0. Its derivative is 0.</summary>
    AtLeast,

    /// <summary>1 where the first operand is greater than the second, else 0, as for <see cref="AtLeast"/> where either is
    /// undefined.</summary>
    Greater,

    /// <summary>The second operand where the first is not 0, else the third. The other one's value does not matter, not even
    /// where it is undefined.</summary>
    Select,

    /// <summary>The operand, held constant in derivatives.</summary>
    Detach,

    /// <summary>Sum over the dimensions of a vector.</summary>
    Sum,

    /// <summary>Largest of the dimensions of a vector.</summary>
    Largest,

    /// <summary>What C# computes, in its type and in the order that was written: see <see cref="Expression.Literal"/>. Nothing is
    /// known of it but what it means.</summary>
    Literal,
}
