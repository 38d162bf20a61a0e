namespace Qama.Training.Modules;

/// <summary>The shape of one sample between two modules: rows of numbers, one per token.</summary>
/// <param name="Tokens">Rows per sample; 1 after pooling.</param>
/// <param name="Width">Numbers per row.</param>
public readonly record struct TokenShape(int Tokens, int Width)
{
    /// <summary>For example <c>[16, 64]</c>.</summary>
    public override string ToString() => $"[{Tokens}, {Width}]";
}
