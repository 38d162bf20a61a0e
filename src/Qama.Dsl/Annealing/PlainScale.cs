using System.Numerics;
using Qama.Ising;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>The units of a plain problem's temperatures; see <see cref="AnnealingSchedule"/>.</summary>
internal static class PlainScale
{
    /// <summary>Standard deviation of the local fields under random bits, times the share of undecided variables. A
    /// field that is strong in a greedy state, but not on average over random states, is so because its couplings have
    /// ordered: it counts half, or the temperature would start below the one at which they do.</summary>
    /// <param name="form">The problem.</param>
    /// <param name="fields">The local fields of a greedy state.</param>
    /// <returns>In units of the form.</returns>
    public static TemperatureScale Of<T>(SingleForm form, ReadOnlySpan<T> fields)
        where T : unmanaged, INumberBase<T>
    {
        double fluctuation = form.Size == 0 ? 0 : Math.Sqrt(form.Squares / form.Size);
        double undecided = 0, all = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            double field = double.CreateTruncating(fields[i]);
            all += field * field;
            undecided += Math.Abs(field) < fluctuation ? 1 : Math.Sign(field) * form.RowSums[i] < fluctuation ? 0.5 : 0;
        }

        // 1 where interactions are of one size; small where a few, such as those of a penalty, exceed the others, and
        // where they cancel in low states, as those of a penalty on a sum do.
        double ratio = form.Interactions == 0 ? 1 : form.Sizes / Math.Sqrt(form.Interactions * form.Squares);
        ratio = all < ratio * ratio * form.Squares ? Math.Sqrt(all / form.Squares) : ratio;
        return TemperatureScale.Of(fluctuation * Cooling.Share(undecided, form.Size), ratio);
    }
}
