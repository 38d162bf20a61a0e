using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>
/// Whether the lanes of a program over pairs are the tokens j of one row i, or a tile of 2 or 4 rows: a row of few tokens would leave
/// most lanes idle.
/// </summary>
/// <remarks>
/// Estimated times, in units of an addition (measured: 0.12 ns). There are fewer vectors in tiles, but each takes more to load and
/// store. So a pair's loop over dimensions with quotients or functions gains (Jensen-Shannon, 64 dimensions: 2.3 times at 4 tokens, 1.6
/// times at 8), one of differences and products alone does not, nor does what is pointwise.
/// </remarks>
internal static class PairTiles
{
    private static readonly int[] _rows = [1, 2, 4];

    /// <summary>Rows of a tile; 1 where single rows are cheaper.</summary>
    /// <param name="program">The program.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="headDim">Turns of a loop over dimensions.</param>
    /// <param name="lanes">Numbers in a vector.</param>
    public static int Rows(LaneProgram program, int tokens, int headDim, int lanes)
    {
        double Cost(int rows) => Vectors(tokens, lanes, rows) * PerVector(program, headDim, rows);
        return Possible(tokens, lanes).OrderBy(Cost).First();
    }

    /// <summary>Rows of the largest tile that there can be.</summary>
    public static int Largest(int tokens, int lanes) => Possible(tokens, lanes).Max();

    private static IEnumerable<int> Possible(int tokens, int lanes) => _rows.Where(rows => rows == 1 || tokens * rows <= lanes);

    /// <summary>Vectors that all pairs take.</summary>
    private static int Vectors(int tokens, int lanes, int rows) => rows == 1
        ? tokens * ((tokens + lanes - 1) / lanes)
        : (tokens + rows - 1) / rows;

    private static double PerVector(LaneProgram program, int headDim, int rows)
    {
        IEnumerable<double> nodes = Walk.Nodes(program.Outputs.Select(o => o.Value)).Select(node =>
            (node.IsVector ? headDim : 1) * (node.Operation == Operation.Symbol ? Load(node.Symbol!.Tokens, rows) : Compute(node)));
        return nodes.Concat(program.Outputs.Select(o => (o.Target.IsVector ? headDim : 1) * Store(o.Sink, rows))).Sum();
    }

    private static double Load(Tokens tokens, int rows) => (rows, tokens) switch
    {
        (1, _) or (_, Tokens.None) => 1,
        (_, Tokens.Column) => 4,
        _ => 24,
    };

    private static double Store(Sink sink, int rows) => (rows, sink) switch
    {
        (1, Sink.SumToRow or Sink.SumToLearnable) => 10,
        (1, _) => 3,
        (_, Sink.StorePair) => 300,
        (_, Sink.SumToRow) => 4 + (6 * rows),
        _ => 10,
    };

    private static double Compute(Expression node) => node.Operation switch
    {
        _ when LaneParts.IsLaneByLane(node) => 400,
        Operation.Constant or Operation.Detach => 0,
        Operation.Exp or Operation.Log or Operation.Tanh or Operation.Sin or Operation.Cos => 30,
        Operation.Divide or Operation.Sqrt => 12,
        _ => 1,
    };
}
