namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>A term at one point of one head, evaluated for every pair of tokens: the twin in double precision.</summary>
internal sealed class TermSample
{
    private const int Dim = TermClass.Dim;

    private readonly Tracked[,] _values;
    private readonly TermContext[,] _contexts;

    /// <param name="term">The body.</param>
    /// <param name="point">Where.</param>
    /// <param name="direction">The direction of the derivative.</param>
    /// <param name="head">The head.</param>
    public TermSample(TermNode term, TermPoint<double> point, TermPoint<double> direction, int head)
    {
        int tokens = point.Present;
        _values = new Tracked[tokens, tokens];
        _contexts = new TermContext[tokens, tokens];
        Tracked[] Column(double[] features, double[] slopes, int token) =>
            [.. Enumerable.Range(0, Dim).Select(d => Number(features[d * point.Stride + token], slopes[d * point.Stride + token]))];

        Tracked a = Number(point.A[0], direction.A[0]);
        Tracked[] w = [.. point.W.Zip(direction.W, Number)];
        for (int i = 0; i < tokens; i++)
        {
            for (int j = 0; j < tokens; j++)
            {
                var context = new TermContext(
                    Column(point.Query, direction.Query, i), Column(point.Key, direction.Key, j), a, w, new TokenPair(i, j, head));

                // What TermClass adds to the body.
                Tracked dot = Enumerable.Range(0, Dim).Select(d => w[d] * context.Query[d] * context.Key[d]).Aggregate((x, y) => x + y);
                _values[i, j] = context.Evaluate(term)[0] + (Tracked)0.1f * a * dot
                    + (Tracked)0.001f * Tracked.Exact(Math.Abs(i - j)) * Tracked.Exact(head + 1);
                _contexts[i, j] = context;
            }
        }
    }

    /// <summary>The value for a pair.</summary>
    public Tracked this[int i, int j] => _values[i, j];

    /// <summary>Whether the value is a number, and rounding in single precision cannot take another branch.</summary>
    public bool IsDecided(int i, int j) => IsNumber(i, j) && !_contexts[i, j].IsUndecided;

    /// <summary>Whether the term is smooth around the point as far as the steps of central differences go.</summary>
    public bool IsSmooth(int i, int j) => IsNumber(i, j) && !_contexts[i, j].IsNearCorner && Math.Abs(_values[i, j].Slope) < 1e6;

    private bool IsNumber(int i, int j) => double.IsFinite(_values[i, j].Value) && double.IsFinite(_values[i, j].Slope) && double.IsFinite(_values[i, j].Error);

    private static Tracked Number(double value, double slope) => new(value, slope, Math.Abs(value), 0);
}
