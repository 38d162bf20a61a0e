using System.Globalization;

namespace Qama.Cluster.Campaigns;

/// <summary>Reads seeds: whole numbers, and ranges as 1..10 with both ends.</summary>
internal static class CampaignSeeds
{
    /// <summary>The seeds in the file's order.</summary>
    /// <exception cref="CampaignFileException">They are none, or one is there twice.</exception>
    public static List<long> Read(CampaignNode node)
    {
        var seeds = new List<long>();
        var known = new HashSet<long>();
        foreach (CampaignNode element in node.List ?? [node])
        {
            (long first, long last) = Range(element);
            for (long seed = first; seed <= last; seed++)
            {
                if (!known.Add(seed))
                {
                    throw element.Fail($"seed {seed} is there twice.");
                }

                seeds.Add(seed);
                if (seeds.Count > CampaignFile.MostTasks)
                {
                    throw element.Fail($"expected at most {CampaignFile.MostTasks:#,0} seeds.");
                }
            }
        }

        return seeds.Count > 0 ? seeds : throw node.Fail("expected at least one seed.");
    }

    private static (long First, long Last) Range(CampaignNode node)
    {
        if (node.Whole is { } single and < long.MaxValue)
        {
            return (single, single);
        }

        string[] ends = (node.Text ?? "").Split("..");
        return ends.Length == 2 && Number(ends[0]) is { } first && Number(ends[1]) is { } last and < long.MaxValue && first <= last
            ? (first, last)
            : throw node.Fail($"expected a whole number or a range as 1..10, got {node.Described}.");
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;
}
