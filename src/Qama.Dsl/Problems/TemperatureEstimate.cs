using System.Globalization;

namespace Qama.Problems;

/// <summary>
/// The temperature at which reads look as if they were drawn, made by <see cref="ProblemBatch.EstimateTemperature"/>:
/// the inverse
/// temperature β that maximises the pseudo-likelihood of the reads, Σ log P(x_v | all others) over their variables.
/// </summary>
/// <param name="InverseTemperature">β in inverse units of energy: p ∝ e^(−βE). +∞ where no flip of any read lowers its
/// energy (all are
/// local minima: the temperature is too low to be seen), −∞ where none raises it, NaN where none changes it. Negative
/// where
/// higher energies are more likely.</param>
/// <param name="StandardError">Standard error of β: a jackknife over the reads, in one step each, which does not take
/// the variables of a
/// read for independent; no less than if they were. +∞ where β would not be finite without one of the reads, as with a
/// single one; NaN where β is not finite.</param>
/// <param name="Reads">Reads of each problem.</param>
/// <param name="Problems">Problems of the batch.</param>
/// <remarks>
/// Pseudo-likelihood: Besag, "Statistical analysis of non-lattice data", The Statistician 24, 179 (1975); for
/// annealers: Raymond, Yarkoni and
/// Andriyash, "Global warming: temperature estimation in annealers", Frontiers in ICT 3, 23 (2016), arXiv 1606.00919.
/// It sees single
/// flips only: a local temperature. The error assumes independent reads. If the reads are not Boltzmann distributed, β
/// describes how
/// often single flips are found raised, and the error how much this varies between reads of these problems.
/// </remarks>
public readonly record struct TemperatureEstimate(double InverseTemperature, double StandardError, int Reads, int Problems)
{
    /// <summary>T = 1/β in units of energy: 0 where β is infinite, negative where β is, NaN where it is.</summary>
    public double Temperature => double.IsInfinity(InverseTemperature) ? 0 : 1 / InverseTemperature;

    /// <summary>Standard error of the temperature, <see cref="StandardError"/>/β²; meaningful where it is small beside
    /// the temperature.
    /// NaN where β is not finite.</summary>
    public double TemperatureError => StandardError / (InverseTemperature * InverseTemperature);

    /// <summary>Whether β is a number: some flips would lower an energy and some would raise one.</summary>
    public bool IsFinite => double.IsFinite(InverseTemperature);

    /// <summary>The estimate, or why there is none, in words.</summary>
    public override string ToString()
    {
        string reads = string.Create(CultureInfo.InvariantCulture, $"reads of each problem: {Reads}, problems: {Problems}");
        return InverseTemperature switch
        {
            double.PositiveInfinity => $"no flip lowers an energy: all reads are local minima, too cold for an estimate; {reads}",
            double.NegativeInfinity => $"no flip raises an energy: all reads are local maxima; {reads}",
            double.NaN => $"no flip changes an energy: nothing depends on the temperature; {reads}",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"temperature {Temperature:G5} ± {TemperatureError:G2}, β {InverseTemperature:G5} ± {StandardError:G2}; {reads}"),
        };
    }
}
