namespace Qama.Generators.Energy;

/// <summary>What one step of a term's code computes: the words a term can be written with.</summary>
internal enum TermOperation
{
    // Without operands.
    Constant,

    /// <summary>One of the term's inputs; the step's number says which.</summary>
    Input,

    /// <summary>Length of the vectors: HeadDim.</summary>
    Dimension,

    // Arithmetic, elementwise on vectors.
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,

    /// <summary>Quotient and remainder of whole numbers, rounded towards 0.</summary>
    WholeQuotient,
    WholeRemainder,

    /// <summary>A number in another type.</summary>
    Convert,

    // Functions, elementwise on vectors.
    Abs,
    Sqrt,
    Exp,
    Log,
    Log2,

    /// <summary>The logarithm of the first operand to the base of the second.</summary>
    LogOfBase,
    Log10,
    Tanh,
    Sinh,
    Cosh,
    Sin,
    Cos,
    Tan,
    Sigmoid,
    Relu,
    Square,
    Max,
    Min,
    Clamp,

    /// <summary>The first operand to the power of the second.</summary>
    Power,
    FusedMultiplyAdd,

    // Vectors to numbers and to other vectors.
    Sum,
    Mean,
    Largest,
    Smallest,
    Dot,
    Norm,
    SquaredNorm,
    SquaredDistance,
    Softmax,
    LogSumExp,

    // Conditions: 1 or 0.
    AtLeast,
    Greater,
    AtMost,
    Less,
    Equal,
    NotEqual,
    And,
    Or,
    Not,

    /// <summary>The second operand where the first is true, else the third.</summary>
    Select,

    /// <summary>What a switch without a matching arm comes to: an exception.</summary>
    Throw,
}
