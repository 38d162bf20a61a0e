namespace Qama.Numerics.Matrices;

/// <summary>Sizes and strides of a <see cref="MatrixProduct"/>.</summary>
internal readonly record struct ProductShape(
    int ARow, int AColumn, int BRow, int CRow, int M, int K, int N, bool Accumulates);
