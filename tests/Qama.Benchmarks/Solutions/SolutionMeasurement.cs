namespace Qama.Benchmarks.Solutions;

/// <summary>Time after which a sampler has reached an aim with a chance of 99 %, at its best budget: t · ln 0.01 / ln(1 − p) for reads of
/// time t of which a share p reaches it.</summary>
/// <param name="Kind">Where the problems come from.</param>
/// <param name="Tokens">Tokens of 8 heads.</param>
/// <param name="Sampler">The sampler.</param>
/// <param name="Aim">The largest (E − best)/|best| that counts.</param>
/// <param name="Milliseconds">Median over problems, of processor time of a thread; null where more than half of them were not solved.</param>
/// <param name="Unsolved">Problems of which no read reached the aim.</param>
/// <param name="Problems">Problems.</param>
internal sealed record SolutionTime(
    string Kind, int Tokens, string Sampler, double Aim, double? Milliseconds, int Unsolved, int Problems);

/// <summary>One pass of one sample through a layer, and through softmax attention of the same width, on one thread.</summary>
/// <param name="Tokens">Tokens.</param>
/// <param name="Spins">Variables of the sample's problem.</param>
/// <param name="Milliseconds">Of a forward pass with 20 sweeps.</param>
/// <param name="Bytes">Memory of a pass.</param>
/// <param name="SoftmaxMilliseconds">Of softmax attention.</param>
/// <param name="Joules">Energy of the layer's pass.</param>
/// <param name="SoftmaxJoules">Energy of softmax attention's.</param>
internal sealed record PassCost(
    int Tokens, int Spins, double Milliseconds, long Bytes, double SoftmaxMilliseconds, double Joules, double SoftmaxJoules);

/// <summary>All of it.</summary>
/// <param name="Times">Times to solutions.</param>
/// <param name="Passes">Passes.</param>
/// <param name="Power">Where joules come from, in words.</param>
internal sealed record SolutionReport(List<SolutionTime> Times, List<PassCost> Passes, string Power)
{
    /// <summary>The power of tokens with which a sampler's time grows: least squares of logarithms over sizes whose time is known; null for
    /// fewer than three.</summary>
    public static double? Exponent(IEnumerable<(int Tokens, double? Time)> points)
    {
        (double X, double Y)[] known = [.. points.Where(p => p.Time is > 0).Select(p => (Math.Log(p.Tokens), Math.Log(p.Time!.Value)))];
        if (known.Length < 3)
        {
            return null;
        }

        (double x, double y) = (known.Average(p => p.X), known.Average(p => p.Y));
        return known.Sum(p => (p.X - x) * (p.Y - y)) / known.Sum(p => (p.X - x) * (p.X - x));
    }
}
