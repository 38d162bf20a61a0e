using System.ComponentModel;
using System.Numerics;

namespace Qama.Problems;

/// <summary>What the couplings and the field of one token of a head can do at most, with a[i,j] = J[i,j] + J[j,i] of the pairs that
/// interact; upper bounds of the sizes where couplings are not written out.</summary>
/// <param name="Gain">Σ_j max(0, a[i,j]).</param>
/// <param name="LargestGain">The largest of these.</param>
/// <param name="Loss">Σ_j max(0, −a[i,j]).</param>
/// <param name="LargestLoss">The largest of these.</param>
/// <param name="Size">Σ_j |a[i,j]|.</param>
/// <param name="Diagonal">J[i,i] where it counts, else 0.</param>
/// <param name="Field">f[i], or 0.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RowBound(
    double Gain, double LargestGain, double Loss, double LargestLoss, double Size, double Diagonal, double Field);

/// <summary>What the weights of hard constraints are computed from: a problem's rows, whichever form its couplings have.</summary>
/// <param name="rows">[heads, tokens present].</param>
/// <param name="heads">Heads H.</param>
/// <param name="tokens">Tokens N.</param>
/// <param name="couplingWeight">w_J.</param>
/// <param name="fieldWeight">w_f, scale included.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct RowBounds(
    ReadOnlySpan<RowBound> rows, int heads, int tokens, double couplingWeight, double fieldWeight)
{
    /// <summary>Bounds of a problem that has fields alone, which need no row for each token.</summary>
    /// <param name="fields">f, [heads, stride].</param>
    /// <param name="stride">Row length.</param>
    /// <param name="tokenCount">Tokens present.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="fieldWeight">w_f, scale included.</param>
    internal RowBounds(ReadOnlySpan<float> fields, int stride, int tokenCount, int heads, int tokens, double fieldWeight)
        : this(default, heads, tokens, 0, fieldWeight)
    {
        _fields = fields;
        _stride = stride;
        TokenCount = tokenCount;
    }

    private readonly ReadOnlySpan<float> _fields;
    private readonly int _stride;

    /// <summary>[heads, tokens present]; empty where only fields count and are given as they are.</summary>
    public ReadOnlySpan<RowBound> Rows { get; } = rows;

    /// <summary>Heads H.</summary>
    public int Heads { get; } = heads;

    /// <summary>Tokens N.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>w_J.</summary>
    public double CouplingWeight { get; } = couplingWeight;

    /// <summary>w_f, scale included.</summary>
    public double FieldWeight { get; } = fieldWeight;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; } = rows.Length / heads;

    /// <summary>Whether the problem has fields alone (<see cref="FieldsOf"/>).</summary>
    internal bool HasFieldsAlone => _stride > 0;

    /// <summary>The fields of a head's present tokens, of a problem that has fields alone.</summary>
    internal ReadOnlySpan<float> FieldsOf(int head) => _fields.Slice(head * _stride, TokenCount);

    /// <summary>The rows of a head whose couplings are written out.</summary>
    /// <param name="couplings">J, [tokens, stride]; empty for none.</param>
    /// <param name="fields">f, [stride]; empty without fields.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="keepsDiagonal">Whether J[i,i] s_i² counts.</param>
    /// <param name="rows">Receives a row for each token present.</param>
    public static void Write<TNumber>(
        ReadOnlySpan<TNumber> couplings, ReadOnlySpan<TNumber> fields, int stride, bool keepsDiagonal, Span<RowBound> rows)
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        if (couplings.IsEmpty)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = new RowBound(0, 0, 0, 0, 0, 0, fields.IsEmpty ? 0 : double.CreateTruncating(fields[i]));
            }

            return;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<TNumber> row = couplings.Slice(i * stride, rows.Length);
            double gain = 0, loss = 0, size = 0, largestGain = 0, largestLoss = 0;
            for (int j = 0; j < row.Length; j++)
            {
                if (j != i)
                {
                    double pair = double.CreateTruncating(row[j]) + double.CreateTruncating(couplings[(j * stride) + i]);
                    gain += Math.Max(0, pair);
                    loss += Math.Max(0, -pair);
                    size += Math.Abs(pair);
                    largestGain = Math.Max(largestGain, pair);
                    largestLoss = Math.Max(largestLoss, -pair);
                }
            }

            rows[i] = new RowBound(
                gain, largestGain, loss, largestLoss, size, keepsDiagonal ? double.CreateTruncating(row[i]) : 0,
                fields.IsEmpty ? 0 : double.CreateTruncating(fields[i]));
        }
    }
}
